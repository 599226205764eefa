using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Populations;

/// <summary>A choice among equals whose popularity follows the season: an item is accepted with chance (1 + nearness)/2.</summary>
/// <remarks>Phases are evenly spaced in random order, so every season has popular items and every item has its season.</remarks>
internal sealed class SeasonalChoice
{
    private readonly (double Cos, double Sin)[] _phases;

    /// <summary>Spreads the items over the circle.</summary>
    /// <param name="count">How many items there are, at least 1.</param>
    /// <param name="random">Decides which item stands where.</param>
    public SeasonalChoice(int count, PrfSequence random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var places = Enumerable.Range(0, count).ToArray();
        random.Shuffle<int>(places);
        var offset = random.NextDouble();
        _phases = Array.ConvertAll(places, place =>
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * (place + offset) / count);
            return (cos, sin);
        });
    }

    /// <summary>How many items there are.</summary>
    public int Count => _phases.Length;

    /// <summary>How near an item is to the season, in [−1, 1].</summary>
    /// <param name="item">The item.</param>
    /// <param name="season">The season.</param>
    /// <returns>1 when it is its season.</returns>
    public double Nearness(int item, Season season) => season.Nearness(_phases[item]);

    /// <summary>
    /// Draws an item. The same sequence in a later season gives the same item until that goes out of use, which is how a
    /// device keeps its favourites.
    /// </summary>
    /// <param name="season">The season.</param>
    /// <param name="random">Where the randomness comes from.</param>
    /// <returns>The item drawn, in [0, <see cref="Count"/>).</returns>
    public int Draw(Season season, ref PrfSequence random)
    {
        while (true)
        {
            var item = random.NextInt32(_phases.Length);
            if ((2 * random.NextDouble()) < 1 + Nearness(item, season) || _phases.Length == 1)
            {
                return item;
            }
        }
    }
}

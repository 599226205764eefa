using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Selection;

/// <summary>
/// Oort's selection of training participants (Lai et al., OSDI 2021, Algorithm 1): prefers devices whose data the model is bad at and that
/// answer soon, keeps trying new ones, and comes back to those it has not seen for long.
/// </summary>
/// <remarks>
/// <para>Of the places that the floor leaves, ⌊(1 − ε)·K⌋ exploit and the others explore, ε = max(least, start·decay^R) in round R; what one
/// side cannot fill the other gets. Score of a device that has taken part:
/// ((clip(u) − min)/range + √(0.1·ln R/last round)) · (T/t)² if t &gt; T, T being the preferred duration; min and range are over the candidates
/// that have taken part, with the program's 0.999·min, so that the worst device's score is above 0.</para>
/// <para>Draws are successive: one device after another, without replacement, in proportion to what is left, by exponential keys
/// (Efraimidis and Spirakis, 2006). That is Oort's own rule; inclusion probabilities are not known, so inverse-probability weights do not
/// go with it.</para>
/// <para>Law: the cohort depends on the set of candidates, not on their order.</para>
/// </remarks>
public sealed class OortSelector
{
    private const double RangeLeast = 1e-4;
    private const double MinFactor = 0.999;

    private readonly OortSpec _spec;

    /// <summary>Takes the constants.</summary>
    /// <param name="spec">The constants.</param>
    /// <exception cref="ArgumentException">The constants have mistakes; the message names all of them.</exception>
    public OortSelector(OortSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = string.Join(" ", spec.Problems());
        if (problems.Length > 0)
        {
            throw new ArgumentException($"Oort cannot select. {problems}", nameof(spec));
        }

        _spec = spec;
    }

    private enum Stage : ulong
    {
        Cap = 1,
        Floor = 2,
        Exploit = 3,
        Explore = 4,
    }

    /// <summary>The share ε of the cohort that explores.</summary>
    /// <param name="round">The round, starting at 1.</param>
    /// <returns>max(least, start·decay^round).</returns>
    public double ExplorationOf(int round)
    {
        // Multiplied, not raised to a power: that rounds alike on every machine.
        var exploration = _spec.ExplorationStart;
        for (var i = 0; i < round && exploration > _spec.ExplorationLeast; i++)
        {
            exploration *= _spec.ExplorationDecay;
            if (_spec.ExplorationDecay >= 1)
            {
                break;
            }
        }

        return Math.Max(exploration, _spec.ExplorationLeast);
    }

    /// <summary>Selects a cohort.</summary>
    /// <param name="candidates">All devices that could be selected, in any order, positions all different.</param>
    /// <param name="pacer">The pacer after the rounds before.</param>
    /// <param name="round">The round, starting at 1.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <returns>At most <see cref="OortSpec.Cohort"/> devices; fewer when fewer are active, or the cap has left fewer.</returns>
    public OortCohort Select(IReadOnlyList<OortCandidate> candidates, OortPacer pacer, int round, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(pacer);
        ArgumentOutOfRangeException.ThrowIfLessThan(round, 1);
        var draw = new Draw(candidates, round, seed);
        var eligible = Eligible(candidates, draw);
        var places = Math.Min(_spec.Cohort, eligible.Length);
        var floored = draw.Take(Stage.Floor, eligible, _ => 1, Math.Min(places, (int)Math.Ceiling(_spec.Floor * _spec.Cohort)));
        places -= floored.Length;

        var left = eligible.Except(floored).ToArray();
        var preferred = PreferredDuration(candidates, pacer);
        var scores = Scores([.. left.Where(index => candidates[index].Last is not null)], candidates, round, preferred);
        var unexplored = left.Where(index => candidates[index].Last is null)
            .ToDictionary(index => index, index => (double)Math.Min(candidates[index].Activity, _spec.ExamplesPerRoundMax));

        var exploiting = Math.Min(scores.Count, Math.Max(places - unexplored.Count, (int)(places * (1 - ExplorationOf(round)))));
        return new OortCohort(
            floored,
            draw.Take(Stage.Exploit, Best(scores, exploiting, candidates), index => scores[index], exploiting),
            Explored(unexplored, places - exploiting, candidates, draw));
    }

    private int[] Eligible(IReadOnlyList<OortCandidate> candidates, Draw draw)
    {
        var active = Enumerable.Range(0, candidates.Count).Where(index => candidates[index].Activity > 0).ToArray();
        var cap = active.Length == 0 ? 1 : Math.Max(_spec.InclusionMax, (double)_spec.Cohort / active.Length);
        return cap >= 1 ? active : [.. active.Where(index => draw.Uniform(Stage.Cap, index) < cap)];
    }

    /// <summary>The duration at the pacer's percentile; null when no device is too slow.</summary>
    private static TimeSpan? PreferredDuration(IReadOnlyList<OortCandidate> candidates, OortPacer pacer)
    {
        var durations = candidates.Select(each => each.Last?.Duration).OfType<TimeSpan>().Order().ToArray();
        return durations.Length == 0 || pacer.Percentile >= 100
            ? null
            : durations[Math.Min((int)(durations.Length * pacer.Percentile / 100), durations.Length - 1)];
    }

    private Dictionary<int, double> Scores(int[] known, IReadOnlyList<OortCandidate> candidates, int round, TimeSpan? preferred)
    {
        if (known.Length == 0)
        {
            return [];
        }

        var utilities = known.Select(index => candidates[index].Last!.Value.Utility).Order().ToArray();
        var clip = utilities[Math.Min((int)(utilities.Length * _spec.ClipQuantile), utilities.Length - 1)];
        var least = MinFactor * utilities[0];
        var range = Math.Max(utilities[^1] - least, RangeLeast);
        return known.ToDictionary(index => index, index =>
        {
            var last = candidates[index].Last!.Value;
            var score = ((Math.Min(last.Utility, clip) - least) / range) + Math.Sqrt(_spec.Uncertainty * Math.Log(round) / last.Round);
            return last.Duration > preferred ? score * Math.Pow(preferred.Value / last.Duration, _spec.SlownessPenalty) : score;
        });
    }

    /// <summary>Those that come near the score of the first that has no place.</summary>
    private int[] Best(Dictionary<int, double> scores, int places, IReadOnlyList<OortCandidate> candidates)
    {
        if (places == 0)
        {
            return [];
        }

        var best = scores.Keys.OrderByDescending(index => scores[index]).ThenBy(index => candidates[index].Position).ToArray();
        var least = _spec.CutOff * scores[best[Math.Min(places, best.Length - 1)]];
        return [.. best.Where(index => scores[index] >= least)];
    }

    private int[] Explored(Dictionary<int, double> rewards, int places, IReadOnlyList<OortCandidate> candidates, Draw draw)
    {
        places = Math.Min(places, rewards.Count);
        var window = (int)Math.Min(rewards.Count, _spec.ExplorationWindow * places);
        var largest = rewards.Keys.OrderByDescending(index => rewards[index])
            .ThenBy(index => draw.Key(Stage.Explore, index)).ThenBy(index => candidates[index].Position).Take(window).ToArray();
        return draw.Take(Stage.Explore, largest, index => rewards[index], places);
    }

    /// <summary>The random values of one round.</summary>
    private readonly struct Draw(IReadOnlyList<OortCandidate> candidates, int round, ulong seed)
    {
        public ulong Key(Stage stage, int index) => Prf.Value(seed, Purpose.Oort, (ulong)round, candidates[index].Position, (ulong)stage);

        public double Uniform(Stage stage, int index) => new PrfSequence(Key(stage, index)).NextDouble();

        /// <summary>Draws successively in proportion to weights: the least of −ln(1 − u)/w first. Without weight comes last.</summary>
        public int[] Take(Stage stage, int[] from, Func<int, double> weightOf, int count)
        {
            var keys = new (double Key, ulong Position)[from.Length];
            for (var i = 0; i < from.Length; i++)
            {
                var weight = weightOf(from[i]);
                keys[i] = (weight > 0 ? -Math.Log(1 - Uniform(stage, from[i])) / weight : double.PositiveInfinity, candidates[from[i]].Position);
            }

            var drawn = from.ToArray();
            Array.Sort(keys, drawn);
            return drawn[..count];
        }
    }
}

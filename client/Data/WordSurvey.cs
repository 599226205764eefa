using System.Collections.Immutable;
using Sheaf.Learning.Populations;
using Sheaf.Learning.Text;

namespace Sheaf.Client.Data;

/// <summary>Counts the words of the rows to train on, to make a vocabulary of them. Not thread-safe.</summary>
/// <param name="heldOut">The share of the texts that is held out, where the file does not say which, in [0, 1).</param>
/// <param name="max">The most words to keep.</param>
internal sealed class WordSurvey(double heldOut, int max)
{
    private readonly HeldOutSplit _split = new(HeldOutSplit.PopulationSalt, heldOut);
    private readonly WordCounter _counter = new();

    /// <summary>Counts the words of a row, unless it is held out.</summary>
    /// <param name="row">The row.</param>
    public void Add(DataRow row)
    {
        if (!(row.IsHeldOut ?? _split.IsHeldOut(row.Text)))
        {
            _counter.Add(row.Text);
        }
    }

    /// <summary>The words to keep.</summary>
    /// <returns>The most frequent first.</returns>
    public ImmutableArray<string> MostFrequent() => _counter.MostFrequent(max);
}

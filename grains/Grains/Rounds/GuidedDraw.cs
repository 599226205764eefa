using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Rounds;

/// <summary>Draws a cohort that depends on what devices reported. No device wakes.</summary>
/// <param name="draw">Draws from the shards.</param>
/// <param name="reports">What devices reported in committed rounds.</param>
/// <param name="key">The round.</param>
/// <param name="seed">The seed of the task.</param>
internal sealed class GuidedDraw(CohortDraw draw, DeviceReports reports, RoundKey key, ulong seed)
{
    /// <summary>Draws.</summary>
    /// <param name="guide">What goes by the reports.</param>
    /// <param name="selection">What goes by activity.</param>
    /// <returns>The cohort, sorted by id.</returns>
    public async Task<DrawnDevice[]> DrawAsync(GuidedSelection guide, SelectionSpec selection)
    {
        while (true)
        {
            var known = await reports.AfterAsync(key.Round - 1);
            var erases = reports.Erases;
            var cohort = guide switch
            {
                GuidedSelection.ByLoss(var candidates, var kept) =>
                    Keep(await draw.DrawAsync(PowerOfChoice.CandidatesOf(selection, candidates), seed, key.Round, SelectionPurposes.Training), known, kept),
                GuidedSelection.ByUtility(var spec) => await draw.DrawAsync(spec, ListOf(known, erases), seed, key.Round),
                _ => throw new InvalidOperationException($"Nobody knows how to draw by {guide}."),
            };
            // Whoever was erased meanwhile was drawn by what must not be used any more.
            if (erases == reports.Erases)
            {
                return cohort;
            }
        }
    }

    private DrawnDevice[] Keep(DrawnDevice[] candidates, IReadOnlyDictionary<string, DeviceReport> known, int kept)
    {
        var choices = Array.ConvertAll(candidates, candidate => new ChoiceCandidate(
            DevicePosition.Of(candidate.DeviceId), known.TryGetValue(candidate.DeviceId, out var report) ? report.Value : null));
        return [.. PowerOfChoice.Keep(choices, kept, seed, key.Round).Order().Select(index => candidates[index])];
    }

    // A list of its own for every draw: shards know one a task, by its name.
    private ExploredList ListOf(IReadOnlyDictionary<string, DeviceReport> known, int erases) =>
        new(key.Task, $"{key.Task}/{key.Epoch}/{key.Round}/{erases}", [.. known.Select(pair => (pair.Key, pair.Value))]);
}

/// <summary>Devices that have taken part.</summary>
/// <param name="Task">The task.</param>
/// <param name="Name">A name of its own for each list: shards are told their part once and its name with every question.</param>
/// <param name="Devices">Each with what it reported last.</param>
internal sealed record ExploredList(string Task, string Name, (string DeviceId, DeviceReport Report)[] Devices);

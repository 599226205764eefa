using System.Runtime.InteropServices;
using Sheaf.Abstractions.Populations;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>Brings a study's data into a cluster, period by period.</summary>
/// <param name="population">The population's grain, registered.</param>
/// <param name="study">The resolved study.</param>
/// <param name="survey">What its file holds; null for a generated population.</param>
internal sealed class PopulationDelivery(IPopulation population, Study study, DataSurvey? survey)
{
    private const int BatchRows = 1000;

    // Rows are numbered in the order in which they come: by period, then by line.
    private const int LineBits = 40;

    private readonly PeriodCut? _cut = survey is null ? null : PeriodCut.Of(study, survey);

    /// <summary>How many rows the file has; null for a generated population.</summary>
    public long? Rows => survey?.Rows;

    /// <summary>How many labels there are, or words.</summary>
    public required int Classes { get; init; }

    /// <summary>Whether a period has not been brought.</summary>
    /// <param name="period">The period.</param>
    /// <returns>True when it, or one before it, is missing or not settled.</returns>
    public async Task<bool> IsDueAsync(int period)
    {
        var moment = await population.GetMomentAsync();
        return moment.Period < period || (moment.Period == period && !moment.IsSettled);
    }

    /// <summary>Brings the next period when the rounds of the one before are over.</summary>
    /// <param name="rounds">How many rounds are over.</param>
    /// <param name="cancellationToken">Stops delivering.</param>
    /// <returns>When what is due has been brought.</returns>
    public async Task DeliverAfterAsync(int rounds, CancellationToken cancellationToken)
    {
        var due = Math.Min(study.FirstPeriod + (rounds / study.Training.Rounds), study.Population.Periods - 1);
        if (rounds % study.Training.Rounds == 0 && await IsDueAsync(due))
        {
            await DeliverUpToAsync(due, _ => { }, cancellationToken);
        }
    }

    /// <summary>Brings what is missing up to a period.</summary>
    /// <param name="period">The period.</param>
    /// <param name="delivered">Told how many rows have arrived.</param>
    /// <param name="cancellationToken">Stops delivering.</param>
    /// <returns>The totals.</returns>
    public async Task<PopulationTotals> DeliverUpToAsync(int period, Action<long> delivered, CancellationToken cancellationToken)
    {
        var moment = await population.GetMomentAsync();
        PopulationTotals? totals = null;
        for (var each = moment.IsSettled ? moment.Period + 1 : Math.Max(0, moment.Period); each <= period; each++)
        {
            totals = await DeliverAsync(each, delivered, cancellationToken);
        }

        return totals ?? await population.GetTotalsAsync();
    }

    private async Task<PopulationTotals> DeliverAsync(int period, Action<long> delivered, CancellationToken cancellationToken)
    {
        if (_cut is null)
        {
            return await population.SealAsync(default, period);
        }

        var rows = 0L;
        foreach (var batch in Arrivals(period).Chunk(BatchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await population.IntakeAsync([.. batch]);
            delivered(rows += batch.Length);
        }

        return await population.SealAsync(_cut.EndOf(period), period);
    }

    private IEnumerable<Arrival> Arrivals(int period)
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var row in DataSurveys.Open(study).Rows())
        {
            ref var ordinal = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, row.Label, out _);
            var arrival = ArrivalOf(row, period, ordinal++);
            if (_cut!.PeriodOf(row.Time) == period)
            {
                yield return arrival;
            }
        }
    }

    // A file that says which side a row is on is believed; otherwise the text decides, so that no sentence is on both.
    private static Arrival ArrivalOf(DataRow row, int period, long ordinal) =>
        new(row.Device, ((long)period << LineBits) + row.Line, row.Time, row.Text, row.Label, row.IsHeldOut, ordinal);
}

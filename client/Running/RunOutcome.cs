using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;

namespace Sheaf.Client.Running;

/// <summary>What a cluster says of a run that is over.</summary>
/// <param name="Totals">Its population at the end.</param>
/// <param name="Data">What its file holds; null for a generated population.</param>
/// <param name="Records">Its rounds, at least one.</param>
/// <param name="Periods">How its periods began.</param>
/// <param name="Participation">Who took part.</param>
internal sealed record RunOutcome(
    PopulationTotals Totals,
    RunData? Data,
    IReadOnlyList<RoundRecord> Records,
    ImmutableArray<PeriodRecord> Periods,
    ParticipationSummary Participation);

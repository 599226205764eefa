using System.Collections.Immutable;

namespace Sheaf.Abstractions.Tasks;

/// <summary>What an audit of a task's ledger has found.</summary>
/// <param name="Rounds">Rounds that are over.</param>
/// <param name="Abandoned">Those of them that made no checkpoint.</param>
/// <param name="Updates">Updates that the checkpoints of the others have, over all rounds.</param>
/// <param name="WeightUnits">Σ of their weights, in units of 2⁻²⁰.</param>
/// <param name="Findings">What is not as it must be, by round; empty when all is well.</param>
[GenerateSerializer, Immutable, Alias("sheaf.TaskAudit")]
public sealed record TaskAudit(
    [property: Id(0)] int Rounds,
    [property: Id(1)] int Abandoned,
    [property: Id(2)] long Updates,
    [property: Id(3)] Int128 WeightUnits,
    [property: Id(4)] ImmutableArray<AuditFinding> Findings);

/// <summary>Something in a task's ledger that is not as it must be.</summary>
/// <param name="Round">The round.</param>
/// <param name="What">What it is: one sentence.</param>
[GenerateSerializer, Immutable, Alias("sheaf.AuditFinding")]
public sealed record AuditFinding([property: Id(0)] int Round, [property: Id(1)] string What);

using System.Collections.Immutable;

namespace Sheaf.Abstractions.Populations;

/// <summary>What a purge did.</summary>
/// <param name="Began">When it began: erasures that had ended by then are physical now.</param>
/// <param name="Ended">When the files were rewritten, which is what the receipts say.</param>
/// <param name="Receipts">How many receipts it completed.</param>
/// <param name="BytesBefore">The size of the storage's files when it began.</param>
/// <param name="BytesAfter">Their size when it ended.</param>
/// <param name="OutOfReach">What may still hold what was deleted and cannot be rewritten from here, each with its remedy.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PurgeReport")]
public sealed record PurgeReport(
    [property: Id(0)] DateTimeOffset Began,
    [property: Id(1)] DateTimeOffset Ended,
    [property: Id(2)] int Receipts,
    [property: Id(3)] long BytesBefore,
    [property: Id(4)] long BytesAfter,
    [property: Id(5)] ImmutableArray<string> OutOfReach);

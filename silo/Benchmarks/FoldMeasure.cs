using System.Numerics;
using System.Runtime.InteropServices;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Benchmarks;

namespace Sheaf.Silo.Benchmarks;

/// <summary>Folding an update into a sum beside the memory's own speed: what a plain vector loop moves that adds one array to another.</summary>
internal static class FoldMeasure
{
    // 400 MB in all: no cache holds them.
    private const int Parameters = 1 << 24;
    private const int Rounds = 15;

    // A local and a start value, and a unit that is read and written; an addend, and a total that is read and written.
    private const int BytesPerParameter = 4 + 4 + 8 + 8;
    private const int BytesPerAddition = 8 + 8 + 8;

    /// <summary>Measures.</summary>
    /// <returns>The table.</returns>
    public static BenchmarkTable Run()
    {
        var sum = new FixedPointSum(Parameters, FixedPointScale.FromBounds(10, 1, 1000));
        var (local, start) = (new float[Parameters], new float[Parameters]);
        Array.Fill(local, 0.5f);
        Array.Fill(start, 0.25f);
        var (addend, total) = (new double[Parameters], new double[Parameters]);
        Array.Fill(addend, 1);
        var measured = new Interleaved(Rounds).Measure(
            ("add one array of doubles to another", () => Add(addend, total)), ("fold an update, all values", () => sum.FoldDifference(0, local, start, 1)));
        var rates = new[] { BytesPerAddition / measured[0].Seconds, BytesPerParameter / measured[1].Seconds }.Select(rate => rate * Parameters / 1e9).ToArray();
        return new BenchmarkTable(
            [FormattableString.Invariant($"{Parameters:N0} parameters, 1 thread"), "GB a second", "beside the memory"],
            [.. measured.Select((way, at) => (string[])[way.Name, FormattableString.Invariant($"{rates[at]:F1}"), FormattableString.Invariant($"{100 * rates[at] / rates[0]:F0} %")])]);
    }

    private static void Add(double[] addend, double[] total)
    {
        var addends = MemoryMarshal.Cast<double, Vector<double>>(addend.AsSpan());
        var totals = MemoryMarshal.Cast<double, Vector<double>>(total.AsSpan());
        for (var i = 0; i < totals.Length; i++)
        {
            totals[i] += addends[i];
        }
    }
}

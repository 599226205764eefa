using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Aggregation.Rules;

namespace Sheaf.Grains.Rounds;

/// <summary>Applies a rule to the inputs of a round, which the silos keep apart, chunk by chunk. Used from the aggregator's turns only.</summary>
/// <remarks>It holds the result, one chunk that is computed and one that is on its way, of all inputs: never inputs × model.</remarks>
internal sealed class InputAggregation(IGrainFactory grains, AggregationOrder order, TaskProgram program, TrainingLanes lanes, IChunkMath math)
{
    // Of all inputs together; with a thousand of them a chunk is still one block.
    private const int ChunkBytesMax = 4 * 1024 * 1024;

    private readonly List<(SiloSumQuery Query, ImmutableArray<InputPart> Parts)> _silos = [];
    private readonly ImmutableArray<string>.Builder _lost = ImmutableArray.CreateBuilder<string>();
    private int[] _inputs = [];
    private double[] _factors = [];

    /// <summary>The silos whose sums are gone.</summary>
    public ImmutableArray<string> Lost => _lost.ToImmutable();

    /// <summary>Σ of the weights of all inputs, in units of 2⁻²⁰; 0 before the rule was applied.</summary>
    public long WeightUnits { get; private set; }

    /// <summary>Applies the rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>One value per parameter; null when sums are gone.</returns>
    /// <exception cref="InvalidOperationException">The sums hold another number of updates than the ledger counts.</exception>
    public async Task<float[]?> ApplyAsync(SliceRule rule)
    {
        await Task.WhenAll(order.Sums.Select(OpenAsync));
        if (_lost.Count > 0)
        {
            return null;
        }

        WeightUnits = _silos.Sum(silo => silo.Parts.Sum(part => part.WeightUnits));
        order.EnsureHolds(_silos.Sum(silo => silo.Parts.Sum(part => part.Updates)), WeightUnits);
        var run = new RuleRun(rule, WeighInputs(), program.Architecture.ParameterCount, math);
        return (!run.HasSurvey || await PassAsync(run.Survey)) && await PassAsync(run.Fold) ? run.Result() : null;
    }

    private async Task OpenAsync(SiloSumQuery query)
    {
        if (await AskAsync(query, window => window.OpenAsync(query)) is { } header)
        {
            _silos.Add((query, header.Inputs));
        }
    }

    /// <summary>Sums of the same input on several silos are one; those without an update are none.</summary>
    private double[] WeighInputs()
    {
        var weights = _silos.SelectMany(silo => silo.Parts).GroupBy(part => part.Input, part => part.WeightUnits)
            .Select(input => (Input: input.Key, Sum: new FixedPointSum([], program.Scale, input.Sum(), 0))).Where(input => input.Sum.WeightUnits > 0)
            .OrderBy(input => input.Input).ToArray();
        _inputs = Array.ConvertAll(weights, input => input.Input);
        _factors = Array.ConvertAll(weights, input => input.Sum.MeanFactor);
        return Array.ConvertAll(weights, input => input.Sum.Weight);
    }

    private async Task<bool> PassAsync(Action<ReadOnlySpan<float>> take)
    {
        var length = program.Architecture.ParameterCount;
        var blocks = ChunkBytesMax / (sizeof(long) * IChunkMath.BlockColumns * Math.Max(1, _inputs.Length));
        var columns = Math.Min(length, IChunkMath.BlockColumns * Math.Clamp(blocks, 1, SumChunks.Units / IChunkMath.BlockColumns));
        var next = PullAsync(0, columns);
        for (var offset = 0; offset < length; offset += columns)
        {
            if (await next is not { } units)
            {
                return false;
            }

            var after = offset + columns;
            next = after < length ? PullAsync(after, Math.Min(columns, length - after)) : next;
            await lanes.RunAsync(order.Round.Task, _ =>
            {
                var values = new float[units.Length];
                math.Scale(units, _factors, values);
                take(values);
            });
        }

        return true;
    }

    private async Task<long[]?> PullAsync(int offset, int count)
    {
        var parts = await Task.WhenAll(_silos.Select(silo => AskAsync(silo.Query, async window =>
            await window.ReadAsync(silo.Query, offset, count) is { } bytes ? bytes.Value : null)));
        if (Array.Exists(parts, part => part is null))
        {
            return null;
        }

        var units = new long[checked(_inputs.Length * count)];
        for (var silo = 0; silo < parts.Length; silo++)
        {
            AddRows(units, count, _silos[silo].Parts, MemoryMarshal.Cast<byte, long>(parts[silo]));
        }

        return units;
    }

    private void AddRows(long[] units, int count, ImmutableArray<InputPart> parts, ReadOnlySpan<long> rows)
    {
        for (var row = 0; row < parts.Length && !rows.IsEmpty; row++)
        {
            var input = Array.BinarySearch(_inputs, parts[row].Input);
            for (var i = 0; i < count && input >= 0; i++)
            {
                units[(input * count) + i] += rows[(row * count) + i];
            }
        }
    }

    private async Task<T?> AskAsync<T>(SiloSumQuery query, Func<IInputSum, Task<T?>> question)
        where T : class
    {
        // The window must open on the silo whose sums it shows; anywhere else it answers that they are gone.
        PlacementHint.Set(SiloAddress.FromParsableString(query.Silo));
        T? answer = null;
        try
        {
            answer = await question(grains.GetGrain<IInputSum>(ISiloSum.KeyOf(query.Round, query.Silo, query.Generation)));
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            // A silo that does not answer has lost its sums; its slices run again elsewhere.
        }

        if (answer is null && !_lost.Contains(query.Silo))
        {
            _lost.Add(query.Silo);
        }

        return answer;
    }
}

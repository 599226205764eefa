using System.Collections.Immutable;
using Orleans.Concurrency;
using Orleans.Placement;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Models;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Telemetry;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Aggregation.Rules;
using Sheaf.Learning.Optimizers;

namespace Sheaf.Grains.Rounds;

/// <summary>Pulls one sum per silo, whatever the cohort, and hands the mean to the server optimizer; for other rules it pulls a sum per input.</summary>
[RandomPlacement, PreferAccelerator("cuda")]
internal sealed class AggregatorGrain(CheckpointCache checkpoints, StoredSums stored, TaskPrograms programs, TrainingLanes lanes, IChunkMath math, ILocalSiloDetails silo) : Grain, IAggregator
{
    // Chunks of half a MiB that are on their way at once: enough that the network does not wait for the sum.
    private const int ReadsMax = 4;

    private (CheckpointRef At, ServerState State)? _latest;

    private string Name => this.GetPrimaryKeyString();

    public async Task<CheckpointRef> InitializeAsync(TaskSpec task)
    {
        var program = programs.Of(Name, task);
        ServerState? state = null;
        await lanes.RunAsync(Name, _ => state = program.Server.Initialize(program.Architecture.Initialize(program.Seed)));
        return await StoreAsync(state!);
    }

    public async Task<AggregationReport> AggregateAsync(AggregationOrder order)
    {
        var program = programs.Of(Name, order.Task);
        using var fold = SheafTelemetry.Start("fold", order.Trace)?.SetTag("sheaf.silo", silo.Name).SetTag("sheaf.silos", order.Sums.Length).SetTag("sheaf.math", math.Name);
        if (program.Aggregation.Rule is SliceRule rule)
        {
            var inputs = new InputAggregation(GrainFactory, order, program, lanes, math);
            return await inputs.ApplyAsync(rule) is { } update ? await AdvanceAsync(order, program, update, inputs.WeightUnits) : new AggregationReport(null, inputs.Lost, []);
        }

        var sum = new FixedPointSum(program.Architecture.ParameterCount, program.Scale);
        var lost = ImmutableArray.CreateBuilder<string>();
        foreach (var query in order.Sums)
        {
            if (!await PullAsync(query, sum))
            {
                lost.Add(query.Silo);
            }
        }

        var lostStored = ImmutableArray.CreateBuilder<StoredSum>();
        foreach (var copy in order.Stored.IsDefault ? [] : order.Stored)
        {
            if (!await stored.AddAsync(Name, copy, sum))
            {
                lostStored.Add(copy);
            }
        }

        if (lost.Count > 0 || lostStored.Count > 0)
        {
            return new AggregationReport(null, lost.ToImmutable(), lostStored.ToImmutable());
        }

        order.EnsureHolds(sum.Updates, sum.WeightUnits);
        var mean = Array.Empty<float>();
        await lanes.RunAsync(Name, _ => mean = sum.Mean(math));
        return await AdvanceAsync(order, program, mean, sum.WeightUnits);
    }

    private async Task<AggregationReport> AdvanceAsync(AggregationOrder order, TaskProgram program, float[] update, long weightUnits)
    {
        var state = await LoadAsync(order.Checkpoint);
        ServerState? next = null;
        await lanes.RunAsync(Name, _ => next = program.Server.Apply(state, update));
        return new AggregationReport(await StoreAsync(next!), [], [], weightUnits);
    }

    private async Task<bool> PullAsync(SiloSumQuery query, FixedPointSum sum)
    {
        // The window must open on the silo whose sum it shows; anywhere else it answers that the sum is gone.
        PlacementHint.Set(SiloAddress.FromParsableString(query.Silo));
        var window = GrainFactory.GetGrain<ISiloSum>(ISiloSum.KeyOf(query.Round, query.Silo, query.Generation));
        try
        {
            if (await window.OpenAsync(query) is not { } header)
            {
                return false;
            }

            var chunks = SumChunks.CountOf(sum.Units.Length);
            var reads = new Queue<Task<Immutable<byte[]>?>>();
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                while (reads.Count < ReadsMax && chunk + reads.Count < chunks)
                {
                    reads.Enqueue(window.ReadChunkAsync(query, chunk + reads.Count));
                }

                if (await reads.Dequeue() is not { } bytes)
                {
                    return false;
                }

                SumChunks.Add(sum, chunk, bytes.Value);
            }

            sum.AddCounts(header.WeightUnits, header.Updates);
            return true;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            // A silo that does not answer has lost its sum; its slices run again elsewhere.
            return false;
        }
    }

    private async Task<ServerState> LoadAsync(CheckpointRef checkpoint)
    {
        if (_latest is { } latest && latest.At == checkpoint)
        {
            return latest.State;
        }

        var parameters = Checkpoint.Decode(await checkpoints.ReadAsync(Name, checkpoint.Parameters));
        return Checkpoint.DecodeState(parameters, await checkpoints.ReadAsync(Name, checkpoint.Moments));
    }

    private async Task<CheckpointRef> StoreAsync(ServerState state)
    {
        var parameters = await checkpoints.WriteAsync(Name, Checkpoint.Encode(state.Parameters));
        var moments = await checkpoints.WriteAsync(Name, Checkpoint.EncodeMoments(state));
        var stored = new CheckpointRef(parameters, moments);
        _latest = (stored, state);
        return stored;
    }
}

using Sheaf.Abstractions;

namespace Sheaf.Silo.Storage.Grouped;

/// <summary>
/// Does together what many ask for one by one: group commit (DeWitt et al., "Implementation techniques for main memory database systems", SIGMOD 1984).
/// Nobody waits for company: a batch is whatever has come while the one before it was under way. Thread-safe.
/// </summary>
/// <typeparam name="TItem">What is asked for.</typeparam>
/// <typeparam name="TResult">What comes of it.</typeparam>
/// <param name="lanes">How many batches may be under way at once.</param>
/// <param name="keyOf">Of two items with the same key the second waits for a later batch.</param>
/// <param name="sizeOf">An item's size in bytes.</param>
/// <param name="run">Does a batch; the results are in its order.</param>
internal sealed class Grouping<TItem, TResult>(int lanes, Func<TItem, RowKey> keyOf, Func<TItem, int> sizeOf, Func<IReadOnlyList<TItem>, Task<TResult[]>> run)
{
    /// <summary>The most items of a batch.</summary>
    public const int ItemsMax = 500;

    /// <summary>A batch that has reached this many bytes takes nothing more.</summary>
    public const int BytesMax = 4 << 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<Asked> _waiting = [];
    private int _running;

    /// <summary>Asks for one thing.</summary>
    /// <param name="item">What.</param>
    /// <returns>What comes of it.</returns>
    public Task<TResult> AskAsync(TItem item)
    {
        var asked = new Asked(item);
        lock (_lock)
        {
            _waiting.AddLast(asked);
            if (_running < lanes)
            {
                _running++;
                // Not on the turn of the grain that asks.
                _ = Task.Run(WorkAsync);
            }
        }

        return asked.Answer.Task;
    }

    private async Task WorkAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await DoAsync(batch);
        }
    }

    /// <summary>Takes the next batch; when there is none, this lane is over.</summary>
    private List<Asked> Take()
    {
        var (batch, keys, bytes) = (new List<Asked>(), new HashSet<RowKey>(), 0L);
        lock (_lock)
        {
            for (var node = _waiting.First; node is not null && batch.Count < ItemsMax && bytes < BytesMax;)
            {
                var (asked, next) = (node.Value, node.Next);
                if (keys.Add(keyOf(asked.Item)))
                {
                    batch.Add(asked);
                    bytes += sizeOf(asked.Item);
                    _waiting.Remove(node);
                }

                node = next;
            }

            _running -= batch.Count == 0 ? 1 : 0;
        }

        return batch;
    }

    private async Task DoAsync(List<Asked> batch)
    {
        try
        {
            var results = await run(batch.ConvertAll(asked => asked.Item));
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Answer.SetResult(results[i]);
            }
        }
        catch (Exception exception) when (batch.Count > 1 && exception is not StorageFailedException { IsPassing: true })
        {
            // One of them may be what the database does not take; the others must not fail with it.
            foreach (var asked in batch)
            {
                await DoAsync([asked]);
            }
        }
        catch (Exception exception)
        {
            batch.ForEach(asked => asked.Answer.SetException(exception));
        }
    }

    private sealed record Asked(TItem Item)
    {
        public TaskCompletionSource<TResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

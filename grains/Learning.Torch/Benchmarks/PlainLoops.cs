using Sheaf.Learning.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Benchmarks;

/// <summary>What one would write first: one device after another, gradients by autograd, no checks, no clipping, updates added up in floats.</summary>
internal sealed class PlainLoops : IDisposable
{
    private static readonly Scalar MinusLearningRate = (-Workload.LearningRate).ToScalar();
    private static readonly Scalar MinusOne = (-1f).ToScalar();
    private static readonly Scalar One = 1f.ToScalar();

    private readonly Embedding _embedding = nn.Embedding(Workload.Model.Buckets, Workload.Model.EmbeddingSize);
    private readonly Linear _hidden = nn.Linear(Workload.Model.EmbeddingSize, Workload.Model.HiddenSize);
    private readonly Linear _output = nn.Linear(Workload.Model.HiddenSize, Workload.Model.Classes);
    private readonly Parameter[] _parameters;
    private readonly Tensor[] _start;
    private readonly Tensor[] _sum;

    /// <summary>Makes the model.</summary>
    public PlainLoops()
    {
        _parameters = [_embedding.weight!, _hidden.weight!, _hidden.bias!, _output.weight!, _output.bias!];
        _start = Array.ConvertAll(_parameters, parameter => parameter.detach().clone());
        _sum = Array.ConvertAll(_start, start => zeros_like(start));
    }

    /// <summary>Modules and an optimizer, on the whole embedding table.</summary>
    /// <param name="devices">The devices.</param>
    public void Dense(IEnumerable<DeviceWork> devices)
    {
        foreach (var device in devices)
        {
            using var scope = NewDisposeScope();
            using var optimizer = optim.SGD(_parameters, Workload.LearningRate);
            Copy(_start, _parameters);
            foreach (var (tokens, labels) in Batches(device.Examples, device.Examples.Tokens))
            {
                optimizer.zero_grad();
                var logits = _output.forward(nn.functional.relu(_hidden.forward(_embedding.forward(tokens).mean([1L]))));
                nn.functional.cross_entropy(logits, labels).backward();
                optimizer.step();
            }

            Fold(_parameters.Length, i => _sum[i].add_(_parameters[i].sub(_start[i]), One));
        }
    }

    /// <summary>Only the rows of the embedding table that the device's texts touch.</summary>
    /// <param name="devices">The devices.</param>
    public void TouchedRows(IEnumerable<DeviceWork> devices)
    {
        foreach (var device in devices)
        {
            using var scope = NewDisposeScope();
            var touched = device.Examples.Tokens.Distinct().Order().ToArray();
            var rows = tensor(Array.ConvertAll(touched, token => (long)token));
            var start = _start[0].index_select(0, rows);
            Tensor[] local = [start.clone().requires_grad_(), .. _start[1..].Select(parameter => parameter.clone().requires_grad_())];
            foreach (var (tokens, labels) in Batches(device.Examples, Array.ConvertAll(device.Examples.Tokens, token => Array.BinarySearch(touched, token))))
            {
                var bags = local[0].index_select(0, tokens.view(-1)).view(labels.shape[0], Workload.Tokens, -1).mean([1L]);
                var hidden = nn.functional.relu(nn.functional.linear(bags, local[1], local[2]));
                nn.functional.cross_entropy(nn.functional.linear(hidden, local[3], local[4]), labels).backward();
                Fold(local.Length, i =>
                {
                    local[i].add_(local[i].grad!, MinusLearningRate);
                    local[i].grad!.zero_();
                });
            }

            Fold(local.Length, i =>
            {
                var update = local[i].detach().add(i == 0 ? start : _start[i], MinusOne);
                _ = i == 0 ? _sum[0].index_add_(0, rows, update, One) : _sum[i].add_(update, One);
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_start, tensor => tensor.Dispose());
        Array.ForEach(_sum, tensor => tensor.Dispose());
        _embedding.Dispose();
        _hidden.Dispose();
        _output.Dispose();
    }

    private static IEnumerable<(Tensor Tokens, Tensor Labels)> Batches(PackedExamples examples, int[] tokens)
    {
        var size = Workload.Local.BatchSize;
        for (var from = 0; from < examples.Count; from += size)
        {
            var to = Math.Min(from + size, examples.Count);
            yield return (
                tensor(Array.ConvertAll(tokens[(from * Workload.Tokens)..(to * Workload.Tokens)], token => (long)token)).view(to - from, Workload.Tokens),
                tensor(Array.ConvertAll(examples.Labels[from..to], label => (long)label)));
        }
    }

    private static void Copy(Tensor[] from, Parameter[] to) => Fold(to.Length, i => to[i].copy_(from[i]));

    private static void Fold(int count, Action<int> fold)
    {
        using var noGradients = no_grad();
        for (var i = 0; i < count; i++)
        {
            fold(i);
        }
    }
}

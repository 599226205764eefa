using Sheaf.Learning.Torch.Own;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Examples.OwnModel;

/// <summary>The mean of a text's embeddings and two layers.</summary>
public sealed class MeanNet : ITextModel
{
    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor, Tensor> Create(int buckets, int classes) => new Net(buckets, classes);

    private sealed class Net : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly Embedding embedding;
        private readonly Linear hidden;
        private readonly Linear output;

        public Net(int buckets, int classes)
            : base("net")
        {
            embedding = nn.Embedding(buckets + 1, 32, padding_idx: buckets);
            hidden = nn.Linear(32, 64);
            output = nn.Linear(64, classes);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens, Tensor lengths)
        {
            var mean = embedding.call(tokens).sum([1L]).div(lengths.unsqueeze(-1));
            return output.call(nn.functional.relu(hidden.call(mean)));
        }
    }
}

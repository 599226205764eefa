using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>
/// A user's own model of texts: what <c>model.class</c> of a study names when <c>model.type</c> is <c>own</c>. A class that implements it
/// is public and has a public constructor without parameters.
/// </summary>
/// <remarks>
/// Devices train one after another on a module of their silo's. For that the module must be a function of its parameters and its input:
/// <list type="bullet">
/// <item>It draws no random numbers after it was made (no dropout) and changes no buffer (no batch statistics): both are refused.</item>
/// <item>It keeps no tensor of one call for the next.</item>
/// <item>Its parameters are singles on the CPU. Their first values are its own: Torch's random numbers are seeded from the study's seed
/// while it is made, so the same seed gives the same first checkpoint.</item>
/// </list>
/// TorchSharp 0.107 frees the temporaries of <c>x + 1</c>, <c>x.add(y)</c> and <c>x.clamp(1)</c> while native code may still read them: name
/// a <see cref="Scalar"/> that stays alive, <c>x.add(y, One)</c>.
/// </remarks>
public interface ITextModel
{
    /// <summary>Makes a module with new parameters. Called once per training thread, never twice at the same time.</summary>
    /// <param name="buckets">Tokens are numbers in [0, buckets); the number <c>buckets</c> itself is padding.</param>
    /// <param name="classes">How many classes there are, at least 2.</param>
    /// <returns>A module from (tokens [examples, length], lengths [examples]) to logits [examples, classes]. Both inputs are 64-bit
    /// integers; rows of tokens end in padding; a text without a token has one token of padding, so that no length is 0.</returns>
    nn.Module<Tensor, Tensor, Tensor> Create(int buckets, int classes);

    /// <summary>The loss of a batch. Default: the mean cross-entropy, in nats.</summary>
    /// <param name="logits">What the module gave [examples, classes].</param>
    /// <param name="labels">The classes [examples].</param>
    /// <returns>One number, the mean over the examples.</returns>
    Tensor Loss(Tensor logits, Tensor labels) => nn.functional.cross_entropy(logits, labels);
}

using Sheaf.Learning.Models;

namespace Sheaf.Learning.Torch.Batching;

/// <summary>Keeps a token or a label that the model has no place for out of native memory.</summary>
internal static class ExampleRange
{
    /// <summary>Refuses a token outside the model's buckets.</summary>
    /// <param name="token">The token.</param>
    /// <param name="buckets">How many buckets the model has.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">It is outside [0, buckets).</exception>
    public static int Token(int token, int buckets) => (uint)token < (uint)buckets
        ? token
        : throw new ArgumentException(
            $"Token {token} is outside the model's {buckets} buckets: hash the texts with the model's bucket count.", nameof(token));

    /// <summary>Refuses a label that is no class of the model.</summary>
    /// <param name="label">The label.</param>
    /// <param name="architecture">The model.</param>
    /// <returns>The label.</returns>
    /// <exception cref="ArgumentException">It is outside [0, classes).</exception>
    public static int Label(int label, ModelArchitecture architecture) => (uint)label < (uint)architecture.Classes
        ? label
        : throw new ArgumentException(
            $"Label {label} is not one of the model's {architecture.Classes} classes: give the model as many classes as the data.", nameof(label));
}

namespace Sheaf.Learning.Training;

/// <summary>The gradient of an example's cross-entropy in its logits z: softmax(z) − e, where e is 1 at the example's class and 0 elsewhere. It
/// is that of the last layer's bias, too.</summary>
public static class LogitGradient
{
    /// <summary>Works a gradient out.</summary>
    /// <param name="logits">One logit for each class.</param>
    /// <param name="label">The example's class.</param>
    /// <param name="gradient">Receives one value for each class.</param>
    public static void Write(ReadOnlySpan<float> logits, int label, Span<float> gradient)
    {
        var top = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            top = Math.Max(top, logit);
        }

        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp((double)logit - top);
        }

        for (var i = 0; i < logits.Length; i++)
        {
            gradient[i] = (float)(Math.Exp((double)logits[i] - top) / sum) - (i == label ? 1 : 0);
        }
    }
}

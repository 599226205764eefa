using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Models;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch;

/// <summary>Refuses calls of a trainer whose arguments do not fit its model or one another.</summary>
internal static class TrainerArguments
{
    /// <summary>Checks a call of <see cref="ILocalTrainer.Train"/>.</summary>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static void Ensure(
        TrainingOrder order, ReadOnlySpan<DeviceWork> devices, FixedPointSum sum, ReadOnlySpan<TrainingOutcome> outcomes, ModelArchitecture model)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(sum);
        EnsureLength(order.Parameters.Length, model.ParameterCount, "A checkpoint", nameof(order));
        EnsureLength(sum.Units.Length, model.ParameterCount, "A sum", nameof(sum));
        EnsureLength(outcomes.Length, devices.Length, "The span of outcomes", nameof(outcomes));
    }

    /// <summary>Checks a call of <see cref="ILocalTrainer.Evaluate"/>.</summary>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static void Ensure(
        ReadOnlyMemory<float> parameters, ReadOnlySpan<PackedExamples> devices, ReadOnlySpan<EvaluationOutcome> outcomes, ModelArchitecture model)
    {
        EnsureLength(parameters.Length, model.ParameterCount, "A checkpoint", nameof(parameters));
        EnsureLength(outcomes.Length, devices.Length, "The span of outcomes", nameof(outcomes));
    }

    private static void EnsureLength(int actual, int expected, string what, string parameter)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{what} has {actual} values where {expected} are needed: is it of the same model and call?", parameter);
        }
    }
}

using System.Collections;
using System.Reflection;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Tests;

public sealed class ForgettingTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Train_AndEvaluate_LeaveNoTokenAndNoLabelInMemory(bool hasHiddenLayer, bool isApart)
    {
        var model = TestDevices.SmallModel(hasHiddenLayer);
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), new LocalTraining { Epochs = 2, BatchSize = 4 });
        var withMemory = order with { Local = TrainingRun.Local("adamw, proximal") };
        var devices = TestDevices.Many(model, 40);
        using var trainer = (isApart ? AcceleratorTests.Accelerator : new TorchTrainerFactory()).Create(model);
        // The layout of the model is all that a trainer may remember.
        var layout = Reachable(trainer, new HashSet<object>(ReferenceEqualityComparer.Instance)).SelectMany(Integers).Where(value => value != 0).ToArray();

        TrainingRun.Of(trainer, model, order, devices);
        TrainingRun.Of(trainer, model, withMemory, devices);
        trainer.Evaluate(order.Parameters, [devices[0].Examples, devices[1].Examples], new EvaluationOutcome[2]);

        var integers = Reachable(trainer, new HashSet<object>(ReferenceEqualityComparer.Instance)).SelectMany(Integers).ToArray();
        // What was searched must be what training used: a row index for each of a model's buckets and of the devices' tokens.
        Assert.True(integers.Length > model.Buckets + devices[0].Examples.Tokens.Length);
        Assert.Equal(layout, integers.Where(value => value != 0));
    }

    private static IEnumerable<long> Integers(object held) => held switch
    {
        int[] values => values.Select(value => (long)value),
        List<int> values => values.Select(value => (long)value),
        Tensor { IsInvalid: false, dtype: ScalarType.Int64 } tensor => tensor.cpu().data<long>().ToArray(),
        _ => [],
    };

    private static IEnumerable<object> Reachable(object held, HashSet<object> seen)
    {
        var type = held.GetType();
        if (type.IsPrimitive || held is string || !seen.Add(held))
        {
            yield break;
        }

        yield return held;
        // Values of ours and sequences lead on; tensors and the runtime's own types do not.
        var next = held is Array or IList ? ((IEnumerable)held).Cast<object?>()
            : type.Namespace?.StartsWith("Sheaf.Learning.Torch", StringComparison.Ordinal) == true
                ? type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Select(field => field.GetValue(held))
                : [];
        foreach (var value in next)
        {
            foreach (var found in value is null ? [] : Reachable(value, seen))
            {
                yield return found;
            }
        }
    }
}

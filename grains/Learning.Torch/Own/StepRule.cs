using Sheaf.Learning.Torch.Descent;
using Sheaf.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>
/// What a step does with the gradients of the devices that are trained together: the study's optimizer on dense values. Every parameter is
/// stepped at every step, those of tokens that a device does not use too; unlike those of the built-in models, they decay with AdamW.
/// Made anew for each group of devices.
/// </summary>
/// <param name="local">How the devices train.</param>
internal sealed class StepRule(LocalTraining local) : IDisposable
{
    private readonly IStepRule _rule = Descents.RuleOf(local);
    private readonly Scalar? _proximal = local.Proximal > 0 ? ((float)local.Proximal).ToScalar() : null;
    private readonly Dictionary<int, DescentMemory> _memories = [];
    private bool _isFirstStep;

    /// <summary>Begins a step.</summary>
    /// <param name="step">The step: 0, 1, 2, …</param>
    public void Begin(int step)
    {
        _isFirstStep = step == 0;
        _rule.Begin(step);
    }

    /// <summary>Takes a step.</summary>
    /// <param name="block">The block.</param>
    /// <param name="values">Its values, of the devices that train [devices, values], changed in place.</param>
    /// <param name="gradient">Its gradient, in the same shape; may be overwritten.</param>
    public void Apply(int block, Tensor values, Tensor gradient)
    {
        if (!_memories.TryGetValue(block, out var memory))
        {
            _memories.Add(block, memory = new DescentMemory(torch.CPU));
        }

        if (_proximal is not null)
        {
            gradient.add_(values.add(memory.Start(values, _isFirstStep), Scalars.MinusOne).mul_(_proximal), Scalars.One);
        }

        _rule.Step(values, gradient, memory.Moments(_rule.Moments, values.shape, _isFirstStep));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in _memories.Values)
        {
            memory.Dispose();
        }

        _proximal?.Dispose();
        _rule.Dispose();
    }
}

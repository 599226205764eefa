using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Own;
using Sheaf.Learning.Training;
using TorchSharp;

namespace Sheaf.Learning.Torch;

/// <summary>Makes trainers that compute many devices at once with libtorch on the CPU. Thread-safe.</summary>
/// <remarks>Trains <see cref="EmbeddingBagClassifier"/>, <see cref="SoftmaxRegression"/>, <see cref="LogBilinearModel"/> and <see cref="OwnTextModel"/>. Run as many trainers as there are cores,
/// each on a thread of its own: libtorch itself is told to use one thread per call, because its operators are too small here to share.</remarks>
public sealed class TorchTrainerFactory : ILocalTrainerFactory
{
    /// <summary>Loads libtorch and fixes its threads for the whole process.</summary>
    public TorchTrainerFactory() => torch.set_num_threads(1);

    /// <inheritdoc/>
    /// <value>32: the parameters of so many devices of the default model stay within a core's cache.</value>
    public int PreferredBatch => 32;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The model is none of those above.</exception>
    public ILocalTrainer Create(ModelArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return architecture is OwnTextModel own ? new OwnModelTrainer(own) : new DeviceAxisTrainer(architecture, PreferredBatch);
    }
}

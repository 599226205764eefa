using Sheaf.Learning.Training;

namespace Sheaf.Learning.Text;

/// <summary>What a type of task makes of the examples that a device holds. Thread-safe.</summary>
public interface IExamplePacker
{
    /// <summary>Packs what a device holds for training or scoring.</summary>
    /// <param name="examples">Texts with their labels; the label may be empty.</param>
    /// <returns>What is learnt from them, in the same order; nothing of those that say nothing.</returns>
    PackedExamples Pack(IEnumerable<(string Text, string Label)> examples);
}

using Sheaf.Client.Studies;
using Sheaf.Silo.Extensions;

namespace Sheaf.Client.Running;

/// <summary>Tries out the classes that a study brings, as a silo will: what is wrong with them is said before anything runs.</summary>
internal static class OwnClassCheck
{
    private const int LabelsMin = 2;

    /// <summary>Tries them out.</summary>
    /// <param name="study">A study that is valid.</param>
    /// <param name="labels">How many labels its file has; null while nobody has looked, and for a generated population.</param>
    /// <returns>The mistakes; empty when there are none, or nothing is brought.</returns>
    public static IReadOnlyList<StudyMistake> Check(Study study, int? labels)
    {
        var trial = new OwnClassTrial();
        var (model, selection) = (study.Model, study.Training.Selection);
        var classes = Math.Max(LabelsMin, study.Population.Source == PopulationSource.Generated ? GeneratedSection.Labels : labels ?? LabelsMin);
        var mistakes = new List<StudyMistake>();
        if (model is { Type: ModelType.Own, Assembly: { } modelAssembly, Class: { } modelClass })
        {
            Add("model", trial.OfModel(modelAssembly, modelClass, model.Buckets, classes));
        }

        if (selection is { Strategy: SelectionStrategy.Own, Assembly: { } strategyAssembly, Class: { } strategyClass })
        {
            Add("training.selection", trial.OfStrategy(strategyAssembly, strategyClass));
        }

        return mistakes;

        void Add(string section, OwnClassFault? fault)
        {
            if (fault is not null)
            {
                mistakes.Add(new StudyMistake($"{section}.{(fault.IsOfAssembly ? "assembly" : "class")}", fault.What, fault.Remedy));
            }
        }
    }
}

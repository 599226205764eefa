namespace Sheaf.Client.Studies;

/// <content>What must be said together of classes that the user brings.</content>
internal sealed partial class StudyCombinations
{
    private void CheckOwnClasses(Study study)
    {
        var (model, selection) = (study.Model, study.Training.Selection);
        if (AreRight("model.type", "model.assembly", "model.class"))
        {
            new OwnClassFields("model", "model.type").CheckTogether(_checks, model.Type == ModelType.Own, model.Assembly, model.Class);
        }

        if (AreRight("model.type", "training.accelerator") && model.Type == ModelType.Own && study.Training.Accelerator != TrainingAccelerator.Processor)
        {
            _checks.Add("training.accelerator", "a model of your own trains on processors", "Take it out, or use a model that comes with Sheaf.");
        }

        if (AreRight(Strategy, "training.selection.assembly", "training.selection.class"))
        {
            var isOwn = selection.Strategy == SelectionStrategy.Own;
            new OwnClassFields("training.selection", Strategy).CheckTogether(_checks, isOwn, selection.Assembly, selection.Class);
        }
    }
}

namespace Sheaf.Client.Studies;

/// <content>What the optimizer of the devices can use.</content>
internal sealed partial class StudyCombinations
{
    private const string LocalOptimizerPath = "training.local.optimizer";
    private const string LocalRate = "training.local.learningRate";
    private const string Momentum = "training.local.momentum";
    private const string WeightDecay = "training.local.weightDecay";

    private void CheckLocalOptimizer(LocalSection local)
    {
        if (!AreRight(LocalOptimizerPath))
        {
            return;
        }

        var optimizer = local.Optimizer;
        if (local.Momentum > 0 && optimizer != LocalOptimizer.Sgd && AreRight(Momentum))
        {
            var what = $"\"{NameOf(optimizer)}\" does not use it: its momentum is training.local.beta1";
            _checks.Add(Momentum, what, "Take it out, or use the optimizer \"sgd\".");
        }

        if (local.WeightDecay > 0 && optimizer != LocalOptimizer.AdamW && AreRight(WeightDecay))
        {
            var what = $"\"{NameOf(optimizer)}\" does not use it";
            _checks.Add(WeightDecay, what, "Take it out, or use the optimizer \"adamw\".");
        }

        if (optimizer == LocalOptimizer.AdamW && local.LearningRate * local.WeightDecay >= 1 && AreRight(WeightDecay, LocalRate))
        {
            var what = $"{StudyChecks.Show(local.WeightDecay)} times {LocalRate}, {StudyChecks.Show(local.LearningRate)}, is not below 1";
            _checks.Add(WeightDecay, what, "Use a smaller one, such as 0.01: a step would leave nothing of a weight.");
        }
    }

    private static string NameOf(LocalOptimizer optimizer) => StudyJson.WordsOf(typeof(LocalOptimizer)).First(word => optimizer.Equals(word.Value)).Key;
}

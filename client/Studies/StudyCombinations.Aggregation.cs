using Sheaf.Abstractions.Tasks;

namespace Sheaf.Client.Studies;

/// <content>What a rule of aggregation uses and needs.</content>
internal sealed partial class StudyCombinations
{
    private const string Rule = "training.aggregation.rule";
    private const string Over = "training.aggregation.over";
    private const string Trim = "training.aggregation.trim";
    private const string Bound = "training.aggregation.bound";
    private const string Byzantine = "training.aggregation.byzantine";
    private const string AveragedInputs = "training.aggregation.selected";
    private const string BytesMax = "training.aggregation.bytesMax";
    private const string Shards = "population.shards";

    private void CheckAggregation(Study study, int labels)
    {
        var aggregation = study.Training.Aggregation;
        if (!AreRight(Rule, Over))
        {
            return;
        }

        CheckUse(aggregation, Trim, aggregation.Trim, AggregationRule.TrimmedMean);
        CheckUse(aggregation, Bound, aggregation.Bound, AggregationRule.NormBoundedMean);
        CheckUse(aggregation, Byzantine, aggregation.Byzantine, AggregationRule.MultiKrum);
        CheckUse(aggregation, AveragedInputs, aggregation.Selected, AggregationRule.MultiKrum);
        if (aggregation is { Rule: AggregationRule.NormBoundedMean, Bound: null } && AreRight(Bound))
        {
            _checks.Add(Bound, "it is null, and \"norm-bounded-mean\" needs one", "Use a norm below that of most inputs, such as 1.");
        }

        if (aggregation is { Rule: AggregationRule.Mean, Over: AggregationInputs.Updates })
        {
            _checks.Add(Over, "\"mean\" adds all updates up and looks at none", "Use \"slices\", or a rule such as \"median\".");
        }
        else if (aggregation is { Over: AggregationInputs.Slices, BytesMax: not null } && AreRight(BytesMax))
        {
            _checks.Add(BytesMax, "it is for single updates, and over \"slices\" there are none", "Take it out, or set training.aggregation.over to \"updates\".");
        }

        CheckInputs(study);
        CheckBytes(study, labels);
    }

    private void CheckUse(AggregationSection aggregation, string path, double? value, AggregationRule rule)
    {
        if (value is not null && aggregation.Rule != rule && AreRight(path))
        {
            _checks.Add(path, $"\"{NameOf(aggregation.Rule)}\" does not use it", $"Take it out, or use the rule \"{NameOf(rule)}\".");
        }
    }

    private void CheckInputs(Study study)
    {
        var aggregation = study.Training.Aggregation;
        if (aggregation.Rule != AggregationRule.MultiKrum || !AreRight(Byzantine, AveragedInputs, Cohort, OverSelection, Shards))
        {
            return;
        }

        long selected = SelectedOf(study.Training), byzantine = aggregation.Byzantine ?? AggregationPlan.ByzantineDefault;
        var (inputs, what, more) = aggregation.Over == AggregationInputs.Slices && study.Population.Shards < selected
            ? (study.Population.Shards, $"{Shards}, {Show(study.Population.Shards)}", $"more {Shards}")
            : (selected, $"the {Show(selected)} devices that are selected", $"a larger {Cohort}");
        if ((2 * byzantine) + 3 > inputs)
        {
            var needed = $"with {Show(byzantine)} corrupt inputs \"multi-krum\" needs {Show((2 * byzantine) + 3)} (2 × {Show(byzantine)} + 3), more than {what}";
            _checks.Add(Byzantine, needed, $"Use fewer, or {more}.");
        }
        else if (aggregation.Selected is { } averaged && averaged + byzantine + 2 > inputs)
        {
            var needed = $"to average {Show(averaged)} \"multi-krum\" needs {Show(averaged + byzantine + 2)} inputs ({Show(averaged)} + {Show(byzantine)} + 2), more than {what}";
            _checks.Add(AveragedInputs, needed, $"Use fewer, or {more}.");
        }
    }

    private void CheckBytes(Study study, int labels)
    {
        var aggregation = study.Training.Aggregation;
        if (aggregation is { Over: AggregationInputs.Updates, Rule: not AggregationRule.Mean } && ModelValuesOf(study, labels) is { } values
            && AreRight(BytesMax, Cohort, OverSelection, "task", "model"))
        {
            var (selected, most) = (SelectedOf(study.Training), aggregation.BytesMax ?? AggregationPlan.BytesMaxDefault);
            var bytes = (double)selected * values * AggregationPlan.BytesPerParameter;
            if (bytes > most)
            {
                var what = $"cohort {Show(selected)} × {Show(values)} parameters × {AggregationPlan.BytesPerParameter} B = {StudyChecks.Show(bytes)} B"
                    + $" are more than {BytesMax}, {StudyChecks.Show(most)}";
                _checks.Add(Over, what, $"Use \"slices\", a smaller {CohortFields(study.Training)}, or a larger {BytesMax}.");
            }
        }
    }

    private static string NameOf(AggregationRule rule) => StudyJson.WordsOf(typeof(AggregationRule)).First(word => rule.Equals(word.Value)).Key;
}

using System.Globalization;

namespace Sheaf.Client.Studies;

/// <content>What strategies that go by what devices reported need.</content>
internal sealed partial class StudyCombinations
{
    private const string Candidates = "training.selection.candidates";

    private static bool GoesByReports(SelectionStrategy strategy) => strategy is SelectionStrategy.PowerOfChoice or SelectionStrategy.Oort;

    private static string NameOf(SelectionStrategy strategy) => StudyJson.WordsOf(typeof(SelectionStrategy)).First(word => strategy.Equals(word.Value)).Key;

    private void CheckCandidates(Study study)
    {
        var (selection, selected) = (study.Training.Selection, SelectedOf(study.Training));
        if (selection.Strategy != SelectionStrategy.PowerOfChoice || !AreRight(Strategy, Candidates, Cohort))
        {
            return;
        }

        if (selection.Candidates < selected)
        {
            var what = $"{Show(selection.Candidates.Value)} are fewer than the {Show(selected)} devices that are selected of them";
            _checks.Add(Candidates, what, $"Use at least {Show(selected)}, such as {Show(2L * selected)}, or a smaller {CohortFields(study.Training)}.");
        }
        else if (DevicesOf(study) is { } devices && selected <= devices && AreRight(Source, PartitionKindPath, DevicesPathOf(study)))
        {
            CheckCandidates(study, devices, selected);
        }
    }

    private void CheckCandidates(Study study, int devices, int selected)
    {
        var selection = study.Training.Selection;
        var drawn = selection.Candidates ?? Math.Min(devices, 2L * selected);
        if (drawn > devices)
        {
            _checks.Add(Candidates, $"{Show(drawn)} is more than the {Show(devices)} devices of the population", $"Use at most {Show(devices)}.");
        }
        else if (drawn > selection.InclusionMax * devices && AreRight(InclusionMax))
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{selection.InclusionMax} is too low to draw {drawn} candidates of {devices} devices");
            _checks.Add(InclusionMax, what, $"Use more than {StudyChecks.Show((double)drawn / devices)}, or fewer {Candidates}.");
        }
    }
}

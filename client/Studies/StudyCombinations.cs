using System.Globalization;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <summary>Checks the fields of a study that must go together. What is wrong by itself is left out: one mistake is reported once.</summary>
internal sealed partial class StudyCombinations
{
    // A device's order of examples is laid out before it trains: 400 MB at 4 bytes each.
    private const long LocalExamplesMax = 100_000_000;

    // A model tells at least two labels apart; a file may have more, which only its survey knows.
    private const int LabelsMin = 2;

    // The weight of an update is at most its examples over the floor, and sums are laid out for that.
    private const double FloorMin = 0.001;

    private const string Source = "population.source";
    private const string GeneratedDevices = "population.generated.devices";
    private const string PartitionKindPath = "population.file.partition.kind";
    private const string DeviceColumn = "population.file.columns.device";
    private const string PartitionDevices = "population.file.partition.devices";
    private const string Mean = "population.generated.examplesMean";
    private const string PeriodMax = "population.generated.examplesMax";
    private const string Periods = "population.periods";
    private const string Label = "population.file.columns.label";
    private const string Cohort = "training.cohort";
    private const string OverSelection = "training.overSelection";
    private const string Reports = "training.minimumReports";
    private const string InclusionMax = "training.selection.inclusionMax";
    private const string Strategy = "training.selection.strategy";
    private const string Floor = "training.selection.floor";
    private const string Weighting = "training.weighting";
    private const string Gap = "training.selection.minimumGap";
    private const string Share = "training.selection.share";
    private const string ClipNorm = "training.bounds.clipNorm";
    private const string Rounds = "training.rounds";
    private const string Warmup = "training.server.schedule.warmupRounds";
    private const string RejectNorm = "training.bounds.rejectNorm";

    private readonly StudyChecks _checks = new();
    private readonly IReadOnlyCollection<string> _wrongPaths;
    private readonly int? _fileDevices;

    private StudyCombinations(IReadOnlyCollection<string> wrongPaths, int? fileDevices) => (_wrongPaths, _fileDevices) = (wrongPaths, fileDevices);

    /// <summary>Checks the combinations.</summary>
    /// <param name="study">The study.</param>
    /// <param name="labels">How many labels its file has; null while nobody has looked.</param>
    /// <param name="devices">How many devices the rows of its file name; null while nobody has looked.</param>
    /// <param name="wrongPaths">The fields and sections that are wrong by themselves.</param>
    /// <returns>The mistakes; empty when there are none.</returns>
    public static IReadOnlyList<StudyMistake> Validate(Study study, int? labels, int? devices, IReadOnlyCollection<string> wrongPaths)
    {
        var combinations = new StudyCombinations(wrongPaths, devices);
        combinations.CheckSource(study.Population);
        combinations.CheckColumns(study.Population);
        combinations.CheckExamples(study.Population);
        combinations.CheckTask(study);
        var labelsKnown = study.Population.Source == PopulationSource.Generated ? GeneratedSection.Labels : labels ?? LabelsMin;
        combinations.CheckModelSize(study, labelsKnown);
        combinations.CheckOwnClasses(study);
        combinations.CheckPeriods(study);
        combinations.CheckCohort(study);
        combinations.CheckTime(study);
        combinations.CheckReports(study.Training);
        combinations.CheckInclusion(study);
        combinations.CheckCandidates(study);
        combinations.CheckShare(study);
        combinations.CheckWeighting(study.Training);
        combinations.CheckGap(study);
        combinations.CheckLocal(study.Training.Local);
        combinations.CheckLocalOptimizer(study.Training.Local);
        combinations.CheckBounds(study.Training.Bounds);
        combinations.CheckAggregation(study, labelsKnown);
        combinations.CheckWarmup(study.Training);
        return combinations._checks.Mistakes;
    }

    /// <summary>Whether fields are right by themselves, and so are the sections they are in.</summary>
    private bool AreRight(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            if (_wrongPaths.Any(wrong => path == wrong || path.StartsWith(wrong + ".", StringComparison.Ordinal)))
            {
                return false;
            }
        }

        return true;
    }

    private void CheckSource(PopulationSection population)
    {
        if (!AreRight(Source))
        {
            return;
        }

        if (population is { Source: PopulationSource.Generated, File: not null })
        {
            const string remedy = "Set the source to \"file\", or take the section out.";
            _checks.Add("population.file", "population.source is \"generated\", so the file is not read", remedy);
        }

        if (population is { Source: PopulationSource.File, Generated: not null })
        {
            const string remedy = "Set the source to \"generated\", or take the section out.";
            _checks.Add("population.generated", "population.source is \"file\", so nothing is generated", remedy);
        }
    }

    private void CheckColumns(PopulationSection population)
    {
        if (population.File is { Columns: { Label: { } label } columns } && columns.Text == label && AreRight(Label, "population.file.columns.text"))
        {
            _checks.Add(Label, $"'{Quoting.Shorten(label)}' is the column of the text too", "Name the column of the classes.");
        }
    }

    private void CheckExamples(PopulationSection population)
    {
        if (population is not { Source: PopulationSource.Generated, Generated: { } generated } || !AreRight(Source, PeriodMax))
        {
            return;
        }

        if (generated.ExamplesMean > generated.ExamplesMax && AreRight(Mean))
        {
            const string remedy = "Use a smaller mean, or a larger maximum.";
            _checks.Add(Mean, $"{StudyChecks.Show(generated.ExamplesMean)} is more than {PeriodMax}, {StudyChecks.Show(generated.ExamplesMax)}", remedy);
        }

        if ((long)population.Periods * generated.ExamplesMax > int.MaxValue && AreRight(Periods))
        {
            var what = $"{Show(population.Periods)} periods of up to {Show(generated.ExamplesMax)} examples are more than {Show(int.MaxValue)} examples of a device";
            _checks.Add(Periods, what, $"Use fewer periods, or a smaller {PeriodMax}.");
        }
    }

    private void CheckLocal(LocalSection local)
    {
        var (path, seen) = local.Steps is { } steps
            ? ("training.local.steps", (long)steps * Math.Min(local.BatchSize, local.ExamplesMax))
            : ("training.local.epochs", (long)local.Epochs * local.ExamplesMax);
        if (seen > LocalExamplesMax && AreRight(path, "training.local.batchSize", "training.local.examplesMax"))
        {
            var what = $"a device would see up to {Show(seen)} examples in a round, above {Show(LocalExamplesMax)}";
            _checks.Add(path, what, "Use fewer, or a smaller training.local.examplesMax or training.local.batchSize.");
        }
    }

    private void CheckCohort(Study study)
    {
        if (DevicesOf(study) is not { } devices || !AreRight(Source, PartitionKindPath, DevicesPathOf(study), Cohort))
        {
            return;
        }

        if (study.Training.Cohort > devices)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{study.Training.Cohort} is more than the {devices} device{(devices == 1 ? "" : "s")}");
            _checks.Add(Cohort, $"{what} of the population", DevicesPathOf(study) == DeviceColumn
                ? $"Use at most {Show(devices)}; or name another {DeviceColumn}, or deal the rows out by population.file.partition."
                : $"Use a smaller cohort, or more {DevicesPathOf(study)}.");
        }
        else if (SelectedOf(study.Training) > devices)
        {
            var what = $"the {Show(SelectedOf(study.Training))} devices that are selected are more than the {Show(devices)} of the population";
            _checks.Add(OverSelection, what, $"Use a smaller factor or {Cohort}, or more {DevicesPathOf(study)}.");
        }
    }

    private void CheckReports(TrainingSection training)
    {
        if (AreRight(Cohort, OverSelection, Reports) && training.MinimumReports > SelectedOf(training))
        {
            var what = $"{Show(training.MinimumReports)} is more than the {Show(SelectedOf(training))} devices that are selected";
            _checks.Add(Reports, what, $"Use fewer, or a larger {Cohort} or {OverSelection}.");
        }
    }

    private void CheckInclusion(Study study)
    {
        var (cohort, inclusionMax) = (SelectedOf(study.Training), study.Training.Selection.InclusionMax);
        var isTooLow = DevicesOf(study) is { } devices && cohort <= devices && cohort > inclusionMax * devices;
        // What power-of-choice draws are its candidates.
        if (isTooLow && study.Training.Selection.Strategy != SelectionStrategy.PowerOfChoice && AreRight(Source, PartitionKindPath, DevicesPathOf(study), Cohort, InclusionMax))
        {
            var all = DevicesOf(study)!.Value;
            var what = string.Create(CultureInfo.InvariantCulture, $"{inclusionMax} is too low to select {cohort} of {all} devices");
            _checks.Add(InclusionMax, what, $"Use more than {StudyChecks.Show((double)cohort / all)}, or a smaller {CohortFields(study.Training)}.");
        }
    }

    private void CheckShare(Study study)
    {
        var (cohort, selection) = (SelectedOf(study.Training), study.Training.Selection);
        if (selection.Strategy == SelectionStrategy.TopQ && DevicesOf(study) is { } devices && cohort <= devices && cohort > Math.Ceiling(selection.Share * devices)
            && AreRight(Source, PartitionKindPath, DevicesPathOf(study), Cohort, Share, Strategy))
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{selection.Share} of {devices} devices are too few to select {cohort}");
            _checks.Add(Share, what, $"Use at least {StudyChecks.Show((double)cohort / devices)}, or a smaller {CohortFields(study.Training)}.");
        }
    }

    private void CheckWeighting(TrainingSection training)
    {
        var strategy = training.Selection.Strategy;
        if (training.Weighting != UpdateWeighting.InverseProbability || !AreRight(Weighting, Strategy))
        {
            return;
        }

        if (GoesByReports(strategy))
        {
            var what = $"\"{NameOf(strategy)}\" goes by what devices reported, and how likely that makes any of them is not known";
            _checks.Add(Weighting, what, $"Use the weighting \"equal\" or \"examples\", or another {Strategy}.");
        }
        else if (strategy == SelectionStrategy.TopQ)
        {
            const string what = "\"top-q\" never selects some devices, and no weight of the others makes up for that";
            _checks.Add(Weighting, what, $"Use another {Strategy}, or the weighting \"equal\".");
        }
        else if (strategy is not (SelectionStrategy.Uniform or SelectionStrategy.RoundRobin) && training.Selection.Floor < FloorMin && AreRight(Floor))
        {
            var what = $"{StudyChecks.Show(training.Selection.Floor)} is below {StudyChecks.Show(FloorMin)}, which \"inverse-probability\" needs";
            _checks.Add(Floor, what, "Use a floor such as 0.1, so that no device weighs without bound.");
        }
    }

    private void CheckGap(Study study)
    {
        var (gap, cohort) = (study.Training.Selection.MinimumGap, SelectedOf(study.Training));
        if (gap == 0 || !AreRight(Gap))
        {
            return;
        }

        if (study.Training.Selection.Strategy == SelectionStrategy.RoundRobin && AreRight(Strategy))
        {
            _checks.Add(Gap, "\"round-robin\" has an order of its own, in which nobody is left out", "Use 0: a device is selected once a sweep.");
        }
        else if (study.Training.Weighting == UpdateWeighting.InverseProbability && AreRight(Weighting))
        {
            _checks.Add(Gap, "a device that sits out has no probability that \"inverse-probability\" could make up for", "Use 0, or another training.weighting.");
        }
        else if (DevicesOf(study) is { } devices && cohort <= devices && (long)cohort * (gap + 1) > devices && AreRight(Source, PartitionKindPath, DevicesPathOf(study), Cohort))
        {
            var what = $"{Show(gap + 1)} cohorts of {Show(cohort)} without a device in common are more than the {Show(devices)} devices of the population";
            _checks.Add(Gap, what, $"Use at most {Show((devices / cohort) - 1)}, or a smaller {CohortFields(study.Training)}.");
        }
    }

    private void CheckBounds(BoundsSection bounds)
    {
        if (bounds.RejectNorm < bounds.ClipNorm && AreRight(ClipNorm, RejectNorm))
        {
            const string remedy = "Use at least the clip norm: an update is refused when clipping is not enough.";
            _checks.Add(RejectNorm, $"{StudyChecks.Show(bounds.RejectNorm)} is below {ClipNorm}, {StudyChecks.Show(bounds.ClipNorm)}", remedy);
        }
    }

    private void CheckWarmup(TrainingSection training)
    {
        if (training.Server.Schedule.WarmupRounds >= training.Rounds && AreRight(Warmup, Rounds))
        {
            var what = $"{Show(training.Server.Schedule.WarmupRounds)} is not below {Rounds}, {Show(training.Rounds)}";
            _checks.Add(Warmup, what, "Use fewer rounds of warm-up, so that some have the full rate.");
        }
    }

    /// <summary>How many devices a round selects; the cohort itself when the factor is wrong.</summary>
    private int SelectedOf(TrainingSection training) =>
        AreRight(Cohort, OverSelection) ? PlanSpec.SelectedOf(training.Cohort, training.OverSelection) : training.Cohort;

    /// <summary>The fields that make a round select fewer devices.</summary>
    private static string CohortFields(TrainingSection training) => training.OverSelection > 1 ? $"{Cohort} or {OverSelection}" : Cohort;

    private static string Show(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>How many devices there are, when the study says so, or somebody has looked into its file.</summary>
    private int? DevicesOf(Study study) => study.Population switch
    {
        { Source: PopulationSource.Generated, Generated: { } generated } => generated.Devices,
        { Source: PopulationSource.File, File.Partition: { Kind: not PartitionKind.Natural } partition } => partition.Devices,
        { Source: PopulationSource.File, File: not null } => _fileDevices,
        _ => null,
    };

    /// <summary>The field that <see cref="DevicesOf"/> read.</summary>
    private static string DevicesPathOf(Study study) => study.Population switch
    {
        { Source: PopulationSource.Generated } => GeneratedDevices,
        { File.Partition.Kind: PartitionKind.Natural } => DeviceColumn,
        _ => PartitionDevices,
    };
}

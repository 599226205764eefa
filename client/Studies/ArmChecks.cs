using Sheaf.Client.Naming;
using Sheaf.Client.Reports;

namespace Sheaf.Client.Studies;

/// <summary>Checks the seeds and the names of the arms of a study. What an arm changes is checked by <see cref="StudyReader"/>.</summary>
internal static class ArmChecks
{
    private const int SeedsMax = 1000;
    private const int ArmsMax = 100;

    /// <summary>Checks them.</summary>
    /// <param name="checks">Where mistakes go.</param>
    /// <param name="study">The study.</param>
    public static void Check(StudyChecks checks, Study study)
    {
        if (study.Arm.Length > 0)
        {
            checks.Name("arm", study.Arm);
        }

        CheckSeeds(checks, study.Seeds);
        CheckArms(checks, study.Arms);
    }

    private static void CheckSeeds(StudyChecks checks, ValueList<ulong> seeds)
    {
        if (seeds.Count > SeedsMax)
        {
            checks.Add("seeds", $"{seeds.Count} seeds are more than {SeedsMax}", "Use fewer; 5 to 10 show how far results spread.");
        }

        foreach (var (seed, _) in seeds.CountBy(seed => seed).Where(seed => seed.Value > 1))
        {
            checks.Add("seeds", $"{seed} is there more than once", "Use every seed once: the same seed gives the same run.");
        }
    }

    private static void CheckArms(StudyChecks checks, ValueList<StudyArm> arms)
    {
        if (arms.Count > ArmsMax)
        {
            checks.Add("arms", $"{arms.Count} arms are more than {ArmsMax}", "Use fewer.");
        }

        // Some file systems do not tell letters from capitals.
        var folders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [ReportFolder.FiguresFolder] = "the report's plots" };
        foreach (var arm in arms)
        {
            var path = $"arms.{Quoting.Shorten(arm.Name)}";
            checks.Name(path, arm.Name);
            if (!folders.TryAdd(arm.Name, $"the arm '{Quoting.Shorten(arm.Name)}'"))
            {
                checks.Add(path, $"its folder would be that of {folders[arm.Name]}", "Give it another name.");
            }
        }
    }
}

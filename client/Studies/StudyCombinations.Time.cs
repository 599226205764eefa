using Sheaf.Learning.VirtualTime;

namespace Sheaf.Client.Studies;

/// <content>What needs a virtual clock, and what a trace takes the place of.</content>
internal sealed partial class StudyCombinations
{
    private const string Profiles = "population.behaviour.profiles";
    private const string TraceFile = "population.behaviour.profiles.traceFile";
    private const string Availability = "population.behaviour.availability";
    private const string Swing = "population.behaviour.profiles.swing";
    private const string Closing = "training.closing";

    private void CheckTime(Study study)
    {
        var behaviour = study.Population.Behaviour;
        if (study.Training.Closing == RoundClosing.Cohort && behaviour.Profiles is null && AreRight(Closing, Profiles))
        {
            const string remedy = "Give the devices profiles, with population.behaviour.profiles, or set it to \"all\".";
            _checks.Add(Closing, "who is first, only a virtual clock can say the same in every run", remedy);
        }

        if (behaviour.Profiles is { } profiles && AreRight(Profiles, TraceFile))
        {
            CheckProfiles(behaviour, profiles);
        }
    }

    private void CheckProfiles(BehaviourSection behaviour, ProfilesSection profiles)
    {
        if (profiles.TraceFile is not null)
        {
            var isAlone = profiles with { TraceFile = null, TraceHours = new ProfilesSection().TraceHours } == new ProfilesSection();
            if (!isAlone || behaviour.Availability < 1)
            {
                const string remedy = "Take the other fields of the profiles out, and population.behaviour.availability, or the trace.";
                _checks.Add(TraceFile, "the trace says how fast devices are and when they are online, and so do other fields", remedy);
            }
        }
        else if (behaviour.Availability > GeneratedProfiles.AvailabilityMax(profiles.Swing) && AreRight(Availability, Swing))
        {
            var most = StudyChecks.Show(GeneratedProfiles.AvailabilityMax(profiles.Swing));
            var what = $"with a swing of {StudyChecks.Show(profiles.Swing)}, devices can be online for at most {most} of the time, and {Availability} is {StudyChecks.Show(behaviour.Availability)}";
            _checks.Add(Swing, what, "Use a smaller swing or availability.");
        }
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sheaf.Client.Data;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf validate</c>: whether a study and its data are right, without running anything.</summary>
internal static class ValidateCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="error">Where mistakes go, unless they are asked for as JSON.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var study = new Argument<string>("STUDY") { Description = "A shipped study or the path of a study file.", HelpName = "STUDY" };
        var data = PathOption.Create("--data", "FILE", "The data file, which is read and checked too.");
        var set = SetOption.Create();
        var json = new Option<bool>("--json") { Description = "Print the answer, mistakes and all, as JSON." };
        var command = new Command("validate", "Check a study, and its data when a file is named.") { study, data, set, json };
        study.Validators.Add(result => UnknownWord.RefuseOption(result, command.Options));
        study.CompletionSources.Add(StudyCompletion.Suggest);
        command.SetAction(parsed =>
        {
            var (name, file, overrides) = (parsed.GetValue(study)!, parsed.GetValue(data), parsed.GetValue(set)!);
            return parsed.GetValue(json) ? TellJson(name, file, overrides, output) : Tell(name, file, overrides, output, error);
        });
        return command;
    }

    private static int Tell(string name, string? data, StudyOverride[] overrides, TextWriter output, TextWriter error)
    {
        try
        {
            output.Write($"{Check(name, data, overrides)}\n");
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is StudyException or DataFileException)
        {
            error.WriteLine(exception.Message);
            return ExitCode.BadInput;
        }
    }

    private static int TellJson(string name, string? data, StudyOverride[] overrides, TextWriter output)
    {
        IReadOnlyList<StudyMistake> mistakes = [];
        try
        {
            Check(name, data, overrides);
        }
        catch (StudyException exception)
        {
            mistakes = exception.Mistakes;
        }
        catch (DataFileException exception)
        {
            mistakes = MistakesIn(exception.Report);
        }

        var answer = new { Study = name, Valid = mistakes.Count == 0, Mistakes = mistakes };
        output.Write(JsonSerializer.Serialize(answer, StudyJson.WriteOptions) + "\n");
        return answer.Valid ? ExitCode.Success : ExitCode.BadInput;
    }

    /// <summary>Checks what a run checks before it starts, but for a data file that is not named yet.</summary>
    private static string Check(string name, string? data, StudyOverride[] overrides)
    {
        var study = StudyCatalog.Find(name, overrides);
        study = data is null ? study : study.WithData(data);
        var plan = StudyPlan.Of(study);
        var surveys = new DataSurveys();
        EnsureRight(name, plan.Validate(arm => arm.Population.File is { Path: not null } ? surveys.Of(arm) : null, needsFile: false));
        TaskVocabulary.EnsureReadable(study);
        DeviceTrace.Of(study);
        if (study.Population.File is { Path: null })
        {
            return Summarize(study, plan, "the data file is not named yet");
        }

        if (surveys.Of(study) is not { } survey)
        {
            return Summarize(study, plan, Count(study.Population.Generated!.Devices, "generated device"));
        }

        var leftOut = survey.Unlabelled > 0 ? $", {Count(survey.Unlabelled, "row")} without a label left out" : "";
        var untrained = survey.UntrainedLabels.Length > 0 ? $", {Count(survey.UntrainedLabels.Length, "label")} in held-out rows only" : "";
        var classes = Count(TaskVocabulary.ClassesOf(study, survey.Labels, survey).Length, study.Task.Type == TaskType.NextWord ? "word" : "label");
        return Summarize(study, plan, $"{Count(survey.Rows, "row")} of {Count(survey.Devices, "device")} with {classes}{leftOut}{untrained}");
    }

    private static void EnsureRight(string name, IReadOnlyList<StudyMistake> mistakes)
    {
        if (mistakes.Count > 0)
        {
            throw new StudyException(name, mistakes);
        }
    }

    private static string Summarize(Study study, StudyPlan plan, string population)
    {
        var training = study.Training;
        var words = new[] { Word(study.Model.Type), Word(training.Selection.Strategy), Word(training.Server.Optimizer) };
        var rounds = $"{Count(training.Rounds, "round")} of {Count(training.Cohort, "device")}";
        var seeds = study.Seeds.Count > 0 ? string.Join(", ", study.Seeds) : string.Create(CultureInfo.InvariantCulture, $"{study.Seed}");
        var runs = $"seed{(study.Seeds.Count > 1 ? "s" : "")} {seeds}";
        runs = study.Arms.Count > 0 ? $"arms {string.Join(", ", study.Arms.Select(arm => arm.Name))}, {runs}" : runs;
        runs = plan.IsSingle ? runs : $"{runs} ({Count(plan.Runs.Count, "run")})";
        return string.Create(CultureInfo.InvariantCulture, $"valid: {study.Name}, {runs}; {rounds}; {string.Join(", ", words)}; {population}");
    }

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static string Word<T>(T value)
        where T : struct, Enum => StudyJson.WordsOf(typeof(T)).First(word => word.Value.Equals(value)).Key;

    private static List<StudyMistake> MistakesIn(DataReport report)
    {
        var mistakes = report.Problems.Select(problem => MistakeOf(report.Path, problem)).ToList();
        if (report.ProblemCount > mistakes.Count)
        {
            var more = string.Create(CultureInfo.InvariantCulture, $"{report.ProblemCount - mistakes.Count} more problems");
            mistakes.Add(new StudyMistake(report.Path, more, "Mend these first."));
        }

        return mistakes;
    }

    // A problem says in its first sentence what is wrong, and in the others what to do.
    private static StudyMistake MistakeOf(string file, DataProblem problem)
    {
        var path = problem.Place.Length == 0 ? file : $"{file}, {problem.Place}";
        return problem.What.Split(". ", 2) is [var what, var remedy] ? new(path, what, remedy) : new(path, problem.What.TrimEnd('.'), "");
    }
}

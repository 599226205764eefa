using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary>The options by which a command names a retention policy: those of a study's <c>population.retention</c>.</summary>
internal sealed class RetentionOptions
{
    private const double DaysMin = 0.001;
    private const double DaysMax = 36_500;

    private readonly Option<int?> _examplesMax = new("--examples-max") { Description = "The most examples kept.", HelpName = "N" };
    private readonly Option<string?> _overflow = new("--overflow") { Description = "What goes above --examples-max: oldest-first (the default) or reservoir.", HelpName = "RULE" };
    private readonly Option<double?> _ageMaxDays = new("--age-max-days") { Description = "The age in days at which an example goes.", HelpName = "DAYS" };
    private readonly Option<long?> _bytesMax = new("--bytes-max") { Description = "The most bytes of texts and labels kept.", HelpName = "N" };
    private readonly Option<int?> _periodsMax = new("--periods-max") { Description = "How many periods are kept.", HelpName = "N" };
    private readonly Option<bool> _trainOnce = new("--train-once") { Description = "An example goes when a round that trained on it is committed." };
    private readonly Option<int?> _reserve = new("--reserve") { Description = "How many of those that --periods-max or --examples-max would delete are kept to be replayed.", HelpName = "N" };
    private readonly Option<string?> _reserveChoice = new("--reserve-choice") { Description = "How they are chosen: random (the default) or gradient-sum.", HelpName = "RULE" };
    private readonly Option<bool> _keepAll = new("--keep-all") { Description = "Keep everything, by no rule at all." };
    private readonly Option<int?> _version = new("--policy-version") { Description = "The policy's version; by default the next one.", HelpName = "N" };

    /// <summary>Adds the options to a command, which must say what is kept.</summary>
    /// <param name="command">The command.</param>
    /// <param name="instead">An option that may be given in their place; null when there is none.</param>
    public void AddTo(Command command, Option<bool>? instead = null)
    {
        Option[] rules = [_examplesMax, _overflow, _ageMaxDays, _bytesMax, _periodsMax, _trainOnce, _reserve, _reserveChoice];
        foreach (var option in (Option[])[.. rules, _keepAll, _version])
        {
            command.Add(option);
        }

        _ageMaxDays.Validators.Add(CheckDays);
        command.Validators.Add(result =>
        {
            var named = rules.Where(rule => result.GetResult(rule) is { Implicit: false }).Select(rule => rule.Name).ToArray();
            string[] others = [.. ((Option?[])[_keepAll, instead]).OfType<Option>().Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
            if (named.Length == 0 && others.Length == 0)
            {
                result.AddError($"Say what is kept: {string.Join(", ", rules.Select(rule => rule.Name))}, or --keep-all{(instead is null ? "" : $", or {instead.Name}")}.");
            }

            if (others.Length > 1 || (named.Length > 0 && others.Length > 0))
            {
                result.AddError($"{string.Join(" and ", others.Concat(named))} contradict each other: give one or the other.");
            }
        });
    }

    /// <summary>The policy of a command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="holding">The policy that holds.</param>
    /// <param name="version">The version that the policy gets when the command line names none.</param>
    /// <returns>The policy: the whole of it, what is not named keeps any.</returns>
    /// <exception cref="RunFailedException">A reserve is held, and the command line does not say what becomes of it.</exception>
    public RetentionSpec Read(ParseResult parsed, RetentionSpec holding, int version)
    {
        // What is deleted does not come back: nobody loses a reserve by leaving an option out.
        if (holding.Reserve > 0 && parsed.GetValue(_reserve) is null && !parsed.GetValue(_keepAll) && !parsed.GetValue(_trainOnce))
        {
            throw new RunFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The policy that holds keeps a reserve of {holding.Reserve} examples. Say --reserve {holding.Reserve} to keep it, or --reserve 0 to delete it."));
        }

        return new RetentionSpec(
            parsed.GetValue(_examplesMax),
            parsed.GetValue(_ageMaxDays) is { } days ? TimeSpan.FromDays(days) : null,
            parsed.GetValue(_overflow) ?? "oldest-first",
            parsed.GetValue(_bytesMax),
            parsed.GetValue(_periodsMax),
            parsed.GetValue(_trainOnce),
            parsed.GetValue(_version) ?? version,
            parsed.GetValue(_reserve) ?? 0,
            parsed.GetValue(_reserveChoice) ?? "random");
    }

    private static void CheckDays(OptionResult result)
    {
        if (result.Errors.Any() || result.GetValueOrDefault<double?>() is not { } days || days is >= DaysMin and <= DaysMax)
        {
            return;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"--age-max-days is {days}: use a number of days from {DaysMin} to {DaysMax}."));
    }
}

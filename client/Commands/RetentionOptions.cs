using System.CommandLine;
using Sheaf.Abstractions.Populations;

namespace Sheaf.Client.Commands;

/// <summary>The options by which a command names a retention policy: those of a study's <c>population.retention</c>.</summary>
internal sealed class RetentionOptions
{
    private readonly Option<int?> _examplesMax = new("--examples-max") { Description = "The most examples kept.", HelpName = "N" };
    private readonly Option<string?> _overflow = new("--overflow") { Description = "What goes above --examples-max: oldest-first (the default) or reservoir.", HelpName = "RULE" };
    private readonly Option<double?> _ageMaxDays = new("--age-max-days") { Description = "The age in days at which an example goes.", HelpName = "DAYS" };
    private readonly Option<long?> _bytesMax = new("--bytes-max") { Description = "The most bytes of texts and labels kept.", HelpName = "N" };
    private readonly Option<int?> _periodsMax = new("--periods-max") { Description = "How many periods are kept.", HelpName = "N" };
    private readonly Option<bool> _trainOnce = new("--train-once") { Description = "An example goes when a round that trained on it is committed." };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        Option[] all = [_examplesMax, _overflow, _ageMaxDays, _bytesMax, _periodsMax, _trainOnce];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>The policy of a command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="version">The version that the policy gets.</param>
    /// <returns>The policy: the whole of it, what is not named keeps any.</returns>
    public RetentionSpec Read(ParseResult parsed, int version) => new(
        parsed.GetValue(_examplesMax),
        parsed.GetValue(_ageMaxDays) is { } days ? TimeSpan.FromDays(days) : null,
        parsed.GetValue(_overflow) ?? "oldest-first",
        parsed.GetValue(_bytesMax),
        parsed.GetValue(_periodsMax),
        parsed.GetValue(_trainOnce),
        version);
}

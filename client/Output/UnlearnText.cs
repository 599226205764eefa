using System.Globalization;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Output;

/// <summary>Says what unlearning takes, and what has been unlearnt.</summary>
internal static class UnlearnText
{
    private const int NamedMax = 5;

    /// <summary>Says a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>Lines, each ended.</returns>
    public static string Of(UnlearningPlan plan)
    {
        if (plan.IsNothingToDo)
        {
            return Line($"No committed round used data of {Quoting.List([.. plan.Devices], NamedMax)}: there is nothing to unlearn.");
        }

        var lost = plan.Lost.IsEmpty
            ? "All of them can be run again."
            : string.Create(CultureInfo.InvariantCulture, $"{plan.Lost.Length:N0} of them cannot be run again: {RoundsText.Of([.. plan.Lost.Select(round => round.Round)])}.");
        return Line($"Data of {Quoting.List([.. plan.Devices], NamedMax)} was first used in round {plan.FirstUsed}; the last checkpoint before it that is kept is {NameOf(plan.CleanRound)}.")
            + Line($"Running the {plan.Rounds:N0} rounds since then again takes {plan.Updates:N0} device updates; they took {plan.Seconds:F1} s before. {lost}");
    }

    /// <summary>Says what has been unlearnt.</summary>
    /// <param name="record">The unlearning.</param>
    /// <returns>A line, ended.</returns>
    public static string Of(UnlearningRecord record) => Line(record.LastRound > record.CleanRound
        ? (FormattableString)$"  Unlearnt at {record.Ended:u}: {Quoting.List([.. record.Devices], NamedMax)}, from {NameOf(record.CleanRound)}, rounds up to {record.LastRound} run again."
        : $"  Unlearnt at {record.Ended:u}: {Quoting.List([.. record.Devices], NamedMax)}, trained anew from {NameOf(record.CleanRound)}.");

    private static string NameOf(int round) => round == 0 ? "the one before the first round" : string.Create(CultureInfo.InvariantCulture, $"that of round {round}");

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture) + "\n";
}

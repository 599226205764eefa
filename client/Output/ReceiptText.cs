using System.Globalization;
using System.Text;
using Sheaf.Abstractions.Devices;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Output;

/// <summary>Says what an erase did.</summary>
internal static class ReceiptText
{
    /// <summary>Says a receipt.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="receipt">The receipt.</param>
    /// <returns>Lines, each ended.</returns>
    public static string Of(string deviceId, EraseReceipt receipt)
    {
        var text = new StringBuilder();
        var what = receipt.IsWithdrawal ? "its consent is withdrawn" : $"{ScopeOf(receipt.Scope)} erased";
        Line(text, $"Device {Quoting.Shorten(deviceId)}, erasure {receipt.Number}: {what}, {receipt.Examples:N0} examples, at {receipt.LogicallyErasedAt:u}.");
        Line(text, receipt.PhysicallyErasedAt is { } physically
            ? (FormattableString)$"  Physically erased at {physically:u}."
            : (FormattableString)$"  Physically erased once a purge has rewritten the files: sheaf population purge.");
        if (receipt.Examples == 0)
        {
            Line(text, $"  It held none of that. Should it have, look at how its name is spelt.");
        }

        foreach (var fence in receipt.InFlight)
        {
            Line(text, $"  Round {fence.Round} of task {fence.Task}: {(fence.Outcome == EraseFenceOutcome.Committed ? "its checkpoint includes the device" : "taken out")}.");
        }

        foreach (var used in receipt.UsedBy)
        {
            Line(text, $"  Used by {used.Rounds.Length:N0} committed rounds of task {used.Task}: {RoundsText.Of(used.Rounds)}.");
        }

        return text.ToString();
    }

    private static string ScopeOf(EraseSpec scope) => scope switch
    {
        { IsOfTimes: true } => string.Create(CultureInfo.InvariantCulture, $"what it made from {Or(scope.From, "the beginning")} until {Or(scope.Until, "then")}"),
        { Label: { } label } => $"what it made with the label {Quoting.Shorten(label)}",
        { Ids: { } ids } => string.Create(CultureInfo.InvariantCulture, $"{ids.Length:N0} single examples"),
        _ => "everything",
    };

    private static string Or(DateTimeOffset? time, string otherwise) => time is { } given ? given.ToString("u", CultureInfo.InvariantCulture) : otherwise;

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

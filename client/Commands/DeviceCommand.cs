using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sheaf.Abstractions.Devices;
using Sheaf.Client.Naming;
using Sheaf.Client.Output;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf device show|erase|withdraw|policy|lineage</c>: what one device of a run holds, as counts, what it may keep and what it forgets.</summary>
internal static class DeviceCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard) =>
        new("device", "Look at a device of a run, say what it may keep, or have it forget.")
        {
            DeviceVerb.Create("show", "Show what a device holds and may keep: counts and receipts, never an example.", guard, async call =>
                output.Write(Show(call.Id, await call.Device.GetStatusAsync(), call.Json))),
            NewErase(output, guard),
            DeviceVerb.Create("withdraw", "Withdraw a device's consent: erase everything, take nothing in any more, never select it again.", guard, async call =>
                output.Write(Receipt(call.Id, await call.Device.WithdrawAsync(), call.Json))),
            NewPolicy(output, guard),
            DeviceVerb.Create("lineage", "Show which committed rounds used a device's data.", guard, async call =>
                output.Write(Lineage(call.Id, await call.Run.LineageAsync(call.Id), call.Json))),
        };

    private static Command NewErase(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var from = TimeOption.Create("--from", "Erase what was made from this time on.");
        var until = TimeOption.Create("--until", "Erase what was made before this time.");
        var label = new Option<string?>("--label") { Description = "Erase what has this label.", HelpName = "LABEL" };
        var examples = new Option<long[]>("--example")
        {
            Description = "Erase the example with this id: its line in the file, from 1 and a header counted, plus 2^40 for each period before its own; in a generated population its row from 0, plus 2^32 for each period before its own. May be given again.", HelpName = "ID", AllowMultipleArgumentsPerToken = true,
        };
        var erase = DeviceVerb.Create(
            "erase", "Erase what a device holds and what could still reach it: everything, or what the options name.", guard, async call =>
            {
                var ids = call.Parsed.GetValue(examples);
                var scope = new EraseSpec(call.Parsed.GetValue(from), call.Parsed.GetValue(until), call.Parsed.GetValue(label), ids is { Length: > 0 } ? [.. ids] : null);
                output.Write(Receipt(call.Id, await call.Device.EraseAsync(scope), call.Json));
            });
        Option[] scopes = [from, until, label, examples];
        Array.ForEach(scopes, erase.Add);
        return erase;
    }

    private static Command NewPolicy(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var options = new RetentionOptions();
        var inherit = new Option<bool>("--inherit") { Description = "Go back to the policy of its population." };
        var policy = DeviceVerb.Create(
            "policy", "Give a device a retention policy of its own, the whole of it, and delete at once what it does not allow.", guard, async call =>
            {
                // Its population's next version is to hold again, unless the device has changed its own more often.
                var holding = await call.Device.GetStatusAsync();
                var version = holding.HasOwnRetention ? holding.Retention.Version + 1 : holding.Retention.Version;
                await call.Device.SetRetentionAsync(call.Parsed.GetValue(inherit) ? null : options.Read(call.Parsed, holding.Retention, version));
                output.Write(Show(call.Id, await call.Device.GetStatusAsync(), call.Json));
            });
        options.AddTo(policy, inherit);
        policy.Add(inherit);
        return policy;
    }

    private static string Show(string id, DeviceStatus status, bool json)
    {
        if (json)
        {
            return JsonSerializer.Serialize(new { Device = id, Status = status }, RunJson.Pages) + "\n";
        }

        var span = status.Oldest is { } oldest ? string.Create(CultureInfo.InvariantCulture, $", from {oldest:u} to {status.Newest:u}") : "";
        var next = status.NextExpiry is { } expiry ? string.Create(CultureInfo.InvariantCulture, $", the next goes at {expiry:u}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"Device {Quoting.Shorten(id)}: {status.Activity} examples to train on, {status.HeldOut} held out{span}.\n")
            + $"  It keeps {RetentionText.Of(status.Retention)}, by {(status.HasOwnRetention ? "its own policy" : "its population's policy")}{next}.\n"
            + (status.IsWithdrawn ? "  Its consent is withdrawn.\n" : "")
            + string.Concat(status.Receipts.Select(receipt => ReceiptText.Of(id, receipt)));
    }

    private static string Receipt(string id, EraseReceipt receipt, bool json) => json
        ? JsonSerializer.Serialize(new { Device = id, Receipt = receipt }, RunJson.Pages) + "\n"
        : ReceiptText.Of(id, receipt);

    private static string Lineage(string id, DeviceRounds lineage, bool json) => json
        ? JsonSerializer.Serialize(new { Device = id, lineage.Task, lineage.Rounds }, RunJson.Pages) + "\n"
        : lineage.Rounds.IsEmpty
            ? $"No committed round of task {lineage.Task} used data of device {Quoting.Shorten(id)}.\n"
            : string.Create(CultureInfo.InvariantCulture, $"{lineage.Rounds.Length:N0} committed rounds of task {lineage.Task} used data of device {Quoting.Shorten(id)}: {RoundsText.Of(lineage.Rounds)}.\n");
}

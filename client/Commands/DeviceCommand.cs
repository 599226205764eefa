using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sheaf.Abstractions.Devices;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf device show|erase</c>: what one device of a run holds, as counts, and its erasure.</summary>
internal static class DeviceCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var device = new Command("device", "Look at a device of a run, or erase what it holds.");
        device.Add(CreateVerb("show", "Show what a device holds: counts and receipts, never an example.", guard, async (run, id, json) =>
            Show(id, await run.Device(id).GetStatusAsync(), json, output)));
        device.Add(CreateVerb("erase", "Erase everything a device holds and everything that could still reach it.", guard, async (run, id, json) =>
            Receipt(id, await run.Device(id).EraseAllAsync(), json, output)));
        return device;
    }

    private static Command CreateVerb(
        string name, string description, Func<Func<Task>, CancellationToken, Task<int>> guard, Func<OpenedRun, string, bool, Task> act)
    {
        var id = new Argument<string>("DEVICE") { Description = "The device's id: a number in a generated population, the device column's value otherwise." };
        var folder = PathOption.Create("--output", "DIR", "The folder of the run; by default the newest one below runs.");
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var verb = new Command(name, description) { id, folder, json };
        verb.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var run = await OpenedRun.OpenAsync(parsed.GetValue(folder), cancellationToken);
                try
                {
                    await act(run, parsed.GetValue(id)!, parsed.GetValue(json));
                }
                catch (ArgumentException exception)
                {
                    throw new RunFailedException(exception.Message);
                }
            },
            cancellationToken));
        return verb;
    }

    private static void Show(string id, DeviceStatus status, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new { Device = id, Status = status }, RunJson.Pages));
            return;
        }

        var span = status.Oldest is { } oldest ? string.Create(CultureInfo.InvariantCulture, $", from {oldest:u} to {status.Newest:u}") : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Device {id}: {status.Activity} examples to train on, {status.HeldOut} held out{span}."));
        foreach (var receipt in status.Receipts)
        {
            Receipt(id, receipt, json, output);
        }
    }

    private static void Receipt(string id, EraseReceipt receipt, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new { Device = id, Receipt = receipt }, RunJson.Pages));
            return;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Device {id}: {receipt.Examples} examples erased at {receipt.LogicallyErasedAt:u}."));
        if (receipt.Examples == 0)
        {
            output.WriteLine("  It held nothing. Should it have, look at how its name is spelt.");
        }

        foreach (var fence in receipt.InFlight)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  Round {fence.Round} of task {fence.Task}: {(fence.Outcome == EraseFenceOutcome.Committed ? "its checkpoint includes the device" : "taken out")}."));
        }
    }
}

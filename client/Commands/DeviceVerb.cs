using System.CommandLine;
using Sheaf.Abstractions.Devices;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary>What all verbs of <c>sheaf device</c> have in common: a device, its run, and <c>--json</c>.</summary>
internal static class DeviceVerb
{
    /// <summary>Makes a verb.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <param name="act">Does it.</param>
    /// <returns>The verb.</returns>
    public static Command Create(
        string name, string description, Func<Func<Task>, CancellationToken, Task<int>> guard, Func<DeviceCall, Task> act)
    {
        var id = new Argument<string>("DEVICE") { Description = "The device's id: a number in a generated population, the device column's value otherwise." };
        var choice = new RunChoice();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var verb = new Command(name, description) { id, json };
        choice.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var run = await choice.OpenAsync(parsed, cancellationToken);
                try
                {
                    await act(new DeviceCall(run, parsed.GetValue(id)!, parsed.GetValue(json), parsed));
                }
                catch (ArgumentException exception)
                {
                    throw new RunFailedException(exception.Message);
                }
            },
            cancellationToken));
        return verb;
    }
}

/// <summary>One call of a verb.</summary>
/// <param name="Run">The run.</param>
/// <param name="Id">The device's id.</param>
/// <param name="Json">Whether the answer is JSON.</param>
/// <param name="Parsed">The command line.</param>
internal sealed record DeviceCall(OpenedRun Run, string Id, bool Json, ParseResult Parsed)
{
    /// <summary>The device.</summary>
    public IDevice Device => Run.Device(Id);
}

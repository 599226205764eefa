using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sheaf.Client.Tests.Running;

/// <summary>Looking at a run that has ended, and erasing a device of it.</summary>
public sealed class DeviceCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Erase_ADeviceOfARun_EmptiesItAndThePopulationShowsIt()
    {
        await SheafRun.InvokeAsync("run", _folder.Write("small.json", SheafRun.SmallStudy), "--output", _folder.In("a"));
        var before = await TotalsAsync();
        var held = await InvokeAsync("device", "show", "3", "--json");
        var status = JsonDocument.Parse(held.Output).RootElement.GetProperty("status");
        var (activity, heldOut) = (status.GetProperty("activity").GetInt32(), status.GetProperty("heldOut").GetInt32());
        Assert.True(activity > 0);

        var erased = await InvokeAsync("device", "erase", "3");

        Assert.Equal((0, ""), (erased.ExitCode, erased.Error));
        Assert.Matches(
            new Regex($@"^Device 3, erasure 1: everything erased, {activity + heldOut} examples, at \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ\.\n"
                + @"  Physically erased once a purge has rewritten the files: sheaf population purge\.\n(  Used by [123] committed rounds of task small-7: [-, 123]+\.\n)?$"),
            erased.Output);
        var after = await InvokeAsync("device", "show", "3");
        Assert.Equal(
            $"Device 3: 0 examples to train on, 0 held out.\n  It keeps everything (version 0), by its population's policy.\n{erased.Output}", after.Output);
        Assert.Equal((before.Active - 1, before.Examples - activity, before.HeldOut - heldOut), await TotalsAsync());
    }

    [Theory]
    [InlineData("40")]
    [InlineData("nobody")]
    public async Task Show_NoDeviceOfThePopulation_SaysWhichThereAre(string id)
    {
        await SheafRun.InvokeAsync("run", _folder.Write("small.json", SheafRun.SmallStudy), "--output", _folder.In("a"));

        var run = await InvokeAsync("device", "show", id);

        Assert.Equal((1, "", $"The population 'small-7' has no device '{id}'. Its devices are 0 to 39.\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Show_FolderWithoutARun_SaysSo()
    {
        var run = await InvokeAsync("population", "show");

        var message = $"There is no run in '{_folder.In("a")}': it has no study.json. Name the folder of a run with --output.\n";
        Assert.Equal((1, message), (run.ExitCode, run.Error));
    }

    private Task<SheafRun> InvokeAsync(params string[] args) => SheafRun.InvokeAsync([.. args, "--output", _folder.In("a")]);

    private async Task<(long Active, long Examples, long HeldOut)> TotalsAsync()
    {
        var shown = await InvokeAsync("population", "show", "--json");
        using var json = JsonDocument.Parse(shown.Output);
        var totals = json.RootElement.GetProperty("totals");
        return (totals.GetProperty("activeDevices").GetInt64(), totals.GetProperty("examples").GetInt64(), totals.GetProperty("heldOut").GetInt64());
    }
}

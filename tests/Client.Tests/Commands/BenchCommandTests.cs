using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Commands;

public sealed class BenchCommandTests
{
    [Fact]
    public async Task Invoke_BenchUnknown_NamesWhatWasMeant()
    {
        var run = await SheafRun.InvokeAsync("bench", "selektion");

        Assert.Equal(
            (2, "", "There is no benchmark 'selektion'. Did you mean 'selection'? The benchmarks are 'trainer', 'selection', 'fold', 'round'.\n'sheaf bench --help' lists the options.\n"),
            (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Invoke_BenchHelp_SaysWhatEachMeasures()
    {
        var run = await SheafRun.InvokeAsync("bench", "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(["trainer: device updates a second", "selection: selecting", "round: whole rounds"], what =>
            Assert.Contains(what, run.Output.ReplaceLineEndings(" "), StringComparison.Ordinal));
    }
}

using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Commands;

public sealed class StudiesCommandTests
{
    [Fact]
    public async Task Invoke_Studies_PrintsALineForEach()
    {
        var run = await SheafRun.InvokeAsync("studies");

        const string expected = """
            irc            Next words of 17,511 real chat users, learnt from messages without labels; needs --data.
            slurp          60 intents of 11,670 real requests (SLURP) on 178 devices; needs --data.
            slurp-central  The same model and split as slurp, trained centrally, for comparison; needs --data.
            voice          63 intents of a generated voice assistant on 1,000 devices, a few of which speak most.

            """;
        Assert.Equal((0, expected.ReplaceLineEndings("\n"), ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Invoke_StudiesAsJson_PrintsAnArray()
    {
        var run = await SheafRun.InvokeAsync("studies", "--json");

        const string expected = """
            [
              {
                "name": "irc",
                "description": "Next words of 17,511 real chat users, learnt from messages without labels; needs --data."
              },
              {
                "name": "slurp",
                "description": "60 intents of 11,670 real requests (SLURP) on 178 devices; needs --data."
              },
              {
                "name": "slurp-central",
                "description": "The same model and split as slurp, trained centrally, for comparison; needs --data."
              },
              {
                "name": "voice",
                "description": "63 intents of a generated voice assistant on 1,000 devices, a few of which speak most."
              }
            ]

            """;
        Assert.Equal((0, expected.ReplaceLineEndings("\n"), ""), (run.ExitCode, run.Output.ReplaceLineEndings("\n"), run.Error));
    }
}

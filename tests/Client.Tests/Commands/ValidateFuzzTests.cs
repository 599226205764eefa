using System.Text;
using Sheaf.Client.Studies;
using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Commands;

public sealed class ValidateFuzzTests : IDisposable
{
    private const int Mutations = 600;

    private static readonly byte[][] Fragments = [.. new[] { "null", "{", "\"", "\t", "\n", "1e9", ",", "-1", "train", "[]" }.Select(Encoding.UTF8.GetBytes)];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Invoke_DamagedStudyAndData_EndsAsDocumented()
    {
        var study = Encoding.UTF8.GetBytes(StudyWriter.Write(StudyReader.Read("""{ "training": { "cohort": 2 }, "population": { "source": "file" } }""", "s")));
        var data = Encoding.UTF8.GetBytes("time\tdevice\ttext\tlabel\n1\ta\tsay hi\tgreet\n2\tb\tplay some jazz\tplay\n3\ta\tstop\t\n");
        var files = 0;

        // A zero byte, which neither has, divides the two.
        var valid = await Fuzzing.CountAsync(
            Mutations,
            seed => seed % 3 == 0 ? [.. Mutation.Of(study, seed, Fragments), 0, .. data] : [.. study, 0, .. Mutation.Of(data, seed, Fragments)],
            input => IsValid(input, Interlocked.Increment(ref files)));

        Assert.InRange(valid, 1, Mutations - 1);
    }

    private bool IsValid(byte[] input, int number)
    {
        var end = Array.IndexOf(input, (byte)0);
        var study = _folder.Write($"{number}.json", input[..end]);
        var data = _folder.Write($"{number}.tsv", input[(end + 1)..]);

        var run = SheafRun.InvokeAsync("validate", study, "--data", data).GetAwaiter().GetResult();

        Assert.True(run is { ExitCode: 0, Error: "" } or { ExitCode: 2, Output: "" }, run.ToString());
        Assert.DoesNotContain("   at ", run.Error);
        return run.ExitCode == 0;
    }
}

using System.Text;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Studies;

public sealed class StudyFuzzTests
{
    private const int Mutations = 6000;

    private static readonly byte[][] Fragments =
    [
        .. new[]
        {
            "null", "-1", "0", "1e999", "1e-999", "99999999999999999999", "NaN", "true", "\"\"", "\"\\ud800\"", "{", "}", "[", "]", "{}", "[]", ",", ":", "\"",
            "\\u0000", "/*", "//", "\"cohort\":", "\"rounds\": 3,", "\"file\"", "\uFEFF", "😀",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact(Timeout = 60_000)]
    public async Task Read_DamagedStudies_AreReadOrRefusedAsDocumented()
    {
        var written = StudyWriter.Write(new Study());
        const string arms = """{"seeds":[1,2],"arms":{"a":{"training":{"rounds":5}},"b":{"training.selection.strategy":"uniform"}}}""";
        var originals = StudyCatalog.Names.Select(StudyCatalog.ReadShipped).Append(written).Append(arms).Select(Encoding.UTF8.GetBytes).ToArray();

        var read = await Fuzzing.CountAsync(Mutations, seed => Mutation.Of(originals[(int)seed % originals.Length], seed, Fragments), IsRead);

        // Changes to comments and names leave a valid study, so that both ends are reached.
        Assert.InRange(read, 100, Mutations - 1000);
    }

    private static bool IsRead(byte[] bytes)
    {
        try
        {
            var study = StudyReader.Read(bytes, "fuzz");
            Assert.Empty(StudyValidator.Validate(study));
            Assert.Equal(study, StudyReader.Read(StudyWriter.Write(study), "fuzz"));
            return true;
        }
        catch (StudyException e)
        {
            Assert.NotEmpty(e.Mistakes);
            Assert.All(e.Mistakes, mistake => Assert.True(mistake.What.Length > 0 && mistake.Remedy[^1] is '.' or '?', mistake.ToString()));
            return false;
        }
    }
}

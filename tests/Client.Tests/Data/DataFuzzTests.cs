using System.Text;
using Sheaf.Client.Data;

namespace Sheaf.Client.Tests.Data;

public sealed class DataFuzzTests : IDisposable
{
    private const int MutationsPerFile = 1500;

    private const string Tsv = "time\tdevice\ttext\tlabel\n1\ta\tsay \"hi\tgreet\n2\tb\tplay some jazz\tplay\n3\ta\tstop\t\n2015-06-17T07:46:32Z\tc\tgo on\tplay\n";

    private const string Csv = "device,time,text,label\na,1,\"one, \"\"two\"\"\nthree\",greet\nb,2015-06-17 07:46,play,play\n\nc,3,stop,stop\n";

    private const string Jsonl = "{\"device\":\"a\",\"time\":1,\"text\":\"h\\u00e9\",\"label\":\"greet\"}\n"
        + "{\"device\":\"b\",\"time\":\"2015-06-17\",\"text\":\"play\",\"label\":\"play\"}\n\n{\"device\":3,\"time\":3,\"text\":\"stop\",\"label\":null}\n";

    private static readonly byte[][] Fragments =
    [
        .. new[]
        {
            "\t", "\n", "\r", "\r\n", "\"", "\"\"", ",", "{", "}", "[", "null", "\\ud800", "-9223372036854775808", "1e999", "\0", "\uFEFF", "😀",
        }.Select(Encoding.UTF8.GetBytes),
        [0x1F, 0x8B], [0xFF, 0xFE], [0xC3],
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData("d.tsv", Tsv, false)]
    [InlineData("d.csv", Csv, false)]
    [InlineData("d.jsonl", Jsonl, false)]
    [InlineData("d.tsv.gz", Tsv, true)]
    public async Task Take_DamagedFiles_AreReadOrRefusedAsDocumented(string name, string text, bool isGzip)
    {
        var original = isGzip ? TempFolder.Gzip(text) : Encoding.UTF8.GetBytes(text);

        var files = 0;
        var read = await Fuzzing.CountAsync(
            MutationsPerFile,
            seed => Mutation.Of(original, seed, Fragments),
            input =>
            {
                var file = _folder.Write($"{Interlocked.Increment(ref files)}-{name}", input);
                var isRead = IsRead(file);
                File.Delete(file);
                return isRead;
            });

        Assert.InRange(read, 1, MutationsPerFile - 1);
    }

    private static bool IsRead(string path)
    {
        try
        {
            var file = DataFile.Open(path, DataFormat.Auto, new DataColumns());
            var survey = DataSurvey.Take(file);
            Assert.Equal(survey.Rows, file.Rows().Count(row => survey.Labels.Contains(row.Label)));
            Assert.True(survey.Labels.Length >= 2 && survey.Devices >= 1 && survey.Start <= survey.End);
            return true;
        }
        catch (DataFileException e)
        {
            Assert.True(e.Report.ProblemCount >= e.Report.Problems.Count && e.Report.Problems.Count is >= 1 and <= 10);
            return false;
        }
    }
}

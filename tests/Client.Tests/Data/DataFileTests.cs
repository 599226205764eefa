using System.Text;
using Sheaf.Client.Data;

namespace Sheaf.Client.Tests.Data;

public sealed class DataFileTests : IDisposable
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data.tsv", false)]
    [InlineData("data.TSV.GZ", true)]
    [InlineData("misnamed.tsv", true)]
    [InlineData("misnamed.tsv.gz", false)]
    public void Rows_Tsv_TakesQuotesAsTheyAre(string name, bool isGzip)
    {
        var text = "time\tdevice\ttext\tlabel\n5\ta\tsay \"hi\tgreet\n6\tb\t\"quoted\" words, two\tgreet\n";
        var path = isGzip ? _folder.Write(name, TempFolder.Gzip(text)) : _folder.Write(name, text);

        var rows = Read(path, new DataColumns());

        Assert.Equal(
            [
                new DataRow(2, "a", Epoch.AddSeconds(5), "say \"hi", "greet", null),
                new DataRow(3, "b", Epoch.AddSeconds(6), "\"quoted\" words, two", "greet", null),
            ],
            rows);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_Csv_ReadsQuotedCommasQuotesAndLineBreaks(bool isGzip)
    {
        var text = "device,time,text,label,part\r\nx,2020-01-02,\"one, \"\"two\"\"\r\nthree\",l1,train\r\n\r\ny,2020-01-03,plain,l2,\r\n";
        var path = isGzip ? _folder.Write("d.csv.gz", TempFolder.Gzip(text)) : _folder.Write("d.csv", text);

        var rows = Read(path, new DataColumns { Split = "part" });

        var day = new DateTimeOffset(2020, 1, 2, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            [
                new DataRow(2, "x", day, "one, \"two\"\r\nthree", "l1", "train"),
                new DataRow(5, "y", day.AddDays(1), "plain", "l2", null),
            ],
            rows);
    }

    [Theory]
    [InlineData("d.jsonl", false)]
    [InlineData("d.ndjson.gz", true)]
    public void Rows_JsonLines_ReadsTextsNumbersAndTruth(string name, bool isGzip)
    {
        var text = "{\"text\":\"h\\u00e9 \\ud83d\\ude00\",\"label\":\"l\",\"device\":17,\"time\":1,\"more\":[1]}\r\n\n"
            + "{\"device\":\"b\",\"time\":\"2\",\"text\":\"\\n\",\"label\":true}";
        var path = isGzip ? _folder.Write(name, TempFolder.Gzip(text)) : _folder.Write(name, text);

        var rows = Read(path, new DataColumns());

        Assert.Equal(
            [
                new DataRow(1, "17", Epoch.AddSeconds(1), "hé 😀", "l", null),
                new DataRow(3, "b", Epoch.AddSeconds(2), "\n", "true", null),
            ],
            rows);
    }

    [Fact]
    public void Rows_WithoutDeviceAndTime_AreOneDeviceInTheOrderOfTheFile()
    {
        var path = _folder.Write("d.csv", "text,label\na,x\nb,\nc,y\n");

        var rows = Read(path, new DataColumns { Device = null, Time = null });

        Assert.Equal(
            [new DataRow(2, "all", Epoch.AddSeconds(1), "a", "x", null), new DataRow(4, "all", Epoch.AddSeconds(3), "c", "y", null)],
            rows);
    }

    [Fact]
    public void Rows_EmptyLabel_IsSkippedAndCounted()
    {
        var path = _folder.Write("d.tsv", "time\tdevice\ttext\tlabel\n1\ta\tx\t\n2\ta\ty\tl\nbad\t\tz\t  \n");
        var file = DataFile.Open(path, DataFormat.Auto, new DataColumns());

        var rows = file.Rows().ToList();

        Assert.Equal(["y"], rows.Select(row => row.Text));
        Assert.Equal((1L, 2L, 0L), (file.Report.Rows, file.Report.Unlabelled, file.Report.ProblemCount));
    }

    [Fact]
    public void Rows_ByteOrderMarks_AreNoPartOfTheFirstColumn()
    {
        var text = "device,time,text,label\na,1,é,l\n";

        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode })
        {
            byte[] bytes = [.. encoding.Preamble, .. encoding.GetBytes(text)];
            Assert.Equal("é", Assert.Single(Read(_folder.Write("d.csv", bytes), new DataColumns())).Text);
        }
    }

    [Fact]
    public void Rows_SecondPass_GivesTheSameRowsAndAReportOfItsOwn()
    {
        var file = DataFile.Open(_folder.Write("d.tsv", "time\tdevice\ttext\tlabel\n1\ta\tx\tl\n"), DataFormat.Auto, new DataColumns());

        var (first, second) = (file.Rows().ToList(), file.Rows().ToList());

        Assert.Equal(first, second);
        Assert.Single(second);
        Assert.Equal(1, file.Report.Rows);
    }

    [Fact]
    public void Rows_NamedFormat_GoesBeforeTheExtension()
    {
        var path = _folder.Write("d.txt", "device,time,text,label\na,1,t,l\n");

        Assert.Equal("t", Assert.Single(DataFile.Open(path, DataFormat.Csv, new DataColumns()).Rows()).Text);
    }

    [Fact]
    public void Take_Survey_CountsWhatIsThere()
    {
        var path = _folder.Write("d.tsv", "time\tdevice\ttext\tlabel\n30\tb\tx\tzeta\n10\ta\ty\tAlpha\n20\tb\tz\talpha\n40\tc\tz\t\n");

        var survey = DataSurvey.Take(DataFile.Open(path, DataFormat.Auto, new DataColumns()));

        Assert.Equal(["Alpha", "alpha", "zeta"], survey.Labels.AsEnumerable());
        Assert.Equal((2, 3L, 1L), (survey.Devices, survey.Rows, survey.Unlabelled));
        Assert.Equal((Epoch.AddSeconds(10), Epoch.AddSeconds(30)), (survey.Start, survey.End));
    }

    private static List<DataRow> Read(string path, DataColumns columns)
    {
        var file = DataFile.Open(path, DataFormat.Auto, columns);
        var rows = file.Rows().ToList();
        file.Report.ThrowIfBad();
        return rows;
    }
}

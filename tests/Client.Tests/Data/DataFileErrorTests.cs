using Sheaf.Client.Data;

namespace Sheaf.Client.Tests.Data;

public sealed class DataFileErrorTests : IDisposable
{
    private const string TimeRemedy = "not a time. Write ISO 8601 (2015-06-17T07:46:32Z), '2015-06-17 07:46', or whole unix seconds or milliseconds.";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_MissingFile_NamesThePathAndTheRemedy()
    {
        var path = _folder.In("nowhere.tsv");

        var error = Assert.Throws<DataFileException>(() => DataFile.Open(path, DataFormat.Auto, new DataColumns()));

        Assert.Equal(
            $"The data file '{path}' has 1 problem:\n  It does not exist: there is no '{path}'. Check the path, or give a full one.", error.Message);
    }

    [Theory]
    [InlineData("", "It is a folder. Name one file in it.")]
    [InlineData("d.txt", "Its extension does not tell its format (.tsv, .csv, .jsonl, .ndjson, each with .gz or without). "
        + "Set population.file.format to tsv, csv or jsonl.")]
    [InlineData("d.gz", "Its extension does not tell its format (.tsv, .csv, .jsonl, .ndjson, each with .gz or without). "
        + "Set population.file.format to tsv, csv or jsonl.")]
    public void Open_FolderOrUnknownExtension_SaysWhatToDo(string name, string expected)
    {
        var path = name.Length == 0 ? _folder.Path : _folder.Write(name, "x");

        var error = Assert.Throws<DataFileException>(() => DataFile.Open(path, DataFormat.Auto, new DataColumns()));

        Assert.Equal($"The data file '{path}' has 1 problem:\n  {expected}", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Open_PathThatCannotBeOne_IsRefused(string path)
    {
        var error = Assert.Throws<DataFileException>(() => DataFile.Open(path, DataFormat.Tsv, new DataColumns()));

        Assert.EndsWith("Its path is empty, or holds a character with code 0. Name a .tsv, .csv, .jsonl or .ndjson file, with .gz or without.", error.Message);
    }

    [Fact]
    public void Survey_MissingColumns_AreAllNamedWithTheNearest()
    {
        var path = _folder.Write("d.tsv", "ts\tsession\ttext\tintent\n1\ta\tx\tl\n");
        var columns = new DataColumns { Device = "sesion", Time = "TS", Label = "category", Split = "text" };

        Assert.Equal(
            $"The data file '{path}' has 3 problems:\n"
            + "  column 'sesion': not in the file, whose columns are 'ts', 'session', 'text', 'intent'. Did you mean 'session'?\n"
            + "  column 'TS': not in the file, whose columns are 'ts', 'session', 'text', 'intent'. Did you mean 'ts'?\n"
            + "  column 'category': not in the file, whose columns are 'ts', 'session', 'text', 'intent'. "
            + "Name one of them in the study's population.file.columns. "
            + "The task \"classification\" learns the label of a text; \"next-word\" (task.type) learns from texts without labels.",
            Fails(path, columns));
    }

    [Fact]
    public void Survey_JsonLinesWithoutLabels_SaysWhichTasksThereAre()
    {
        var path = _folder.Write("d.jsonl", "{\"device\":\"a\",\"time\":1,\"text\":\"x\"}\n");

        Assert.EndsWith("Name one of them in the study's population.file.columns. "
            + "The task \"classification\" learns the label of a text; \"next-word\" (task.type) learns from texts without labels.", Fails(path));
    }

    [Fact]
    public void Survey_BadTsvRows_AreAllReportedWithPlaceAndValue()
    {
        var path = _folder.Write(
            "d.tsv",
            "device\ttime\ttext\tlabel\n"
            + "a\tyesterday\tx\tl\n"
            + "\t2020-01-01\tx\tl\n"
            + " \t" + new string('9', 50) + "\tx\tl\n"
            + "a\t1\tx\n"
            + "a\t1\tx\tl\textra\n"
            + "a\t1\tfine\tl\n");

        Assert.Equal(
            $"The data file '{path}' has 6 problems:\n"
            + $"  line 2, column 'time', value 'yesterday': {TimeRemedy}\n"
            + "  line 3, column 'device': empty. Give every row a device, or take the row out.\n"
            + "  line 4, column 'device': empty. Give every row a device, or take the row out.\n"
            + $"  line 4, column 'time', value '{new string('9', 40)}…': {TimeRemedy}\n"
            + "  line 5, column 'label', value 'a 1 x': fields: 3, columns in the header: 4. Take tabs and line breaks out of the fields.\n"
            + "  line 6, value 'a 1 x l extra': fields: 5, columns in the header: 4. Take tabs and line breaks out of the fields.",
            Fails(path));
    }

    [Fact]
    public void Survey_BadCsvQuotes_AreReportedAndPassedOver()
    {
        var path = _folder.Write("d.csv", "device,time,text,label\na,1,5\" pipe,l\na,2,\"u\"v,l\na,3,ok,l\na,4,\"open,l\na,5,x,l\n");

        Assert.Equal(
            $"The data file '{path}' has 3 problems:\n"
            + "  line 2, value 'a,1,5\" pipe,l': a quote stands inside a field that is not quoted. Quote the field and double the quotes inside it.\n"
            + "  line 3, value 'a,2,\"u\"v,l': text follows a closing quote. Double the quotes inside a quoted field.\n"
            + "  line 5, value 'a,4,\"open,l a,5,x,l ': a quote is opened and never closed. Close it, or double it inside a quoted field.",
            Fails(path));
    }

    [Fact]
    public void Survey_BadJsonLines_AreReportedAndPassedOver()
    {
        var path = _folder.Write(
            "d.jsonl",
            "{\"device\":\"a\",\"time\":1,\"text\":\"x\",\"label\":\"l\"}\n"
            + "{\"device\":\"a\",\"time\":}\n"
            + "[1]\n"
            + "{\"device\":null,\"time\":1,\"text\":\"x\",\"label\":\"l\"}\n"
            + "{\"device\":\"a\",\"time\":1,\"text\":{\"x\":1},\"label\":\"l\"}\n"
            + "{\"device\":\"a\",\"time\":1,\"text\":\"\\ud83d\",\"label\":\"l\"}\n");

        Assert.Equal(
            $"The data file '{path}' has 5 problems:\n"
            + "  line 2, value '{\"device\":\"a\",\"time\":}': not JSON from byte 22 on. Write one {…} a line.\n"
            + "  line 3, value '[1]': not a JSON object. Write one {…} a line.\n"
            + "  line 4, column 'device': missing. Add it, or take the row out.\n"
            + "  line 5, column 'text', value '{\"x\":1}': an object or a list. Write a text or a number.\n"
            + "  line 6, value '{\"device\":\"a\",\"time\":1,\"text\":\"\\ud83d\",\"…': "
            + "half of a surrogate pair (\\ud800 to \\udfff). Write both halves, or the character itself.",
            Fails(path));
    }

    [Fact]
    public void Survey_JsonLinesWithoutAColumn_NameItOnceAndTheNearest()
    {
        var path = _folder.Write("d.jsonl", string.Concat(Enumerable.Repeat("{\"devise\":\"a\",\"time\":1,\"text\":\"x\",\"label\":\"l\"}\n", 30)));

        Assert.Equal(
            $"The data file '{path}' has 1 problem:\n"
            + "  column 'device': not in the file, whose columns are 'devise', 'time', 'text', 'label'. Did you mean 'devise'?",
            Fails(path));
    }

    [Fact]
    public void Survey_JsonLinesWhereAColumnComesLate_CountsTheRowsBefore()
    {
        const string without = "{\"time\":1,\"text\":\"x\",\"label\":\"l\"}\n";
        const string with = "{\"device\":\"a\",\"time\":1,\"text\":\"x\",\"label\":\"l\"}\n";
        var path = _folder.Write("d.jsonl", without + without + without + with + without);

        Assert.Equal(
            $"The data file '{path}' has 2 problems:\n"
            + "  line 1, column 'device': missing here and in all 3 rows before line 4. Add it, or take the row out.\n"
            + "  line 5, column 'device': missing. Add it, or take the row out.",
            Fails(path));
    }

    [Fact]
    public void Survey_ManyBadRows_ShowsTenAndCountsTheOthers()
    {
        var rows = string.Concat(Enumerable.Range(1, 25).Select(i => $"a,day {i},x,l\n"));
        var path = _folder.Write("d.csv", "device,time,text,label\n" + rows);

        var lines = Fails(path).Split('\n');

        Assert.Equal(12, lines.Length);
        Assert.Equal($"The data file '{path}' has 25 problems:", lines[0]);
        Assert.Equal($"  line 11, column 'time', value 'day 10': {TimeRemedy}", lines[10]);
        Assert.Equal("  and 15 more.", lines[11]);
    }

    [Theory]
    [InlineData("", "It is empty. Its first line has to name the columns.")]
    [InlineData("device,time,text,label,text\na,1,x,l,x\n", "column 'text': in the header 2 times. Give each column a name of its own.")]
    [InlineData("device,time,text,label\n", "It has no rows: its population would be empty. Put one example in each row.")]
    [InlineData("device,time,text,label\na,1,x,\n", "column 'label': no row has a label (1 rows have none). Name the column of the classes.")]
    [InlineData("device,time,text,label\na,1,x,l\n",
        "column 'label': the same label in every row; a model needs at least 2 to tell apart. Name the column of the classes.")]
    public void Survey_UselessFile_SaysWhy(string text, string expected)
    {
        var path = _folder.Write("d.csv", text);

        Assert.Equal($"The data file '{path}' has 1 problem:\n  {expected}", Fails(path));
    }

    [Fact]
    public void Survey_MoreThan10000Labels_StopsAndSaysSo()
    {
        var rows = string.Concat(Enumerable.Range(0, 10_001).Select(i => $"a,{i},x,l{i}\n"));
        var path = _folder.Write("d.csv", "device,time,text,label\n" + rows);

        Assert.Equal(
            $"The data file '{path}' has 1 problem:\n"
            + "  column 'label': more than 10000 different labels; the rest was not read. Name the column of the classes.",
            Fails(path));
    }

    [Fact]
    public void Survey_DeviceOf257Characters_IsRefused()
    {
        var path = _folder.Write("d.csv", $"device,time,text,label\n{new string('d', 256)},1,x,l\n{new string('e', 257)},1,x,l\n");

        Assert.Equal(
            $"The data file '{path}' has 1 problem:\n"
            + $"  line 3, column 'device', value '{new string('e', 40)}…': 257 characters; a device's id has at most 256. Shorten it.",
            Fails(path));
    }

    [Theory]
    [InlineData("d.csv", "device,time,text,label\na,1,\"",
        "line 2: the row is longer than 1048576 bytes; the rest was not read. Look for a quote that is never closed.")]
    [InlineData("d.tsv", "device\ttime\ttext\tlabel\na\t1\t",
        "line 2: the row is longer than 1048576 bytes; the rest was not read. Check that the lines end in line breaks.")]
    public void Survey_EndlessRow_StopsInBoundedMemory(string name, string start, string expected)
    {
        var path = _folder.Write(name, TempFolder.Gzip(start + string.Concat(Enumerable.Repeat(new string('x', 1000) + " ", 4000))));

        Assert.Equal($"The data file '{path}' has 1 problem:\n  {expected}", Fails(path));
    }

    [Fact]
    public void Survey_EndlessJsonLine_IsPassedOver()
    {
        const string good = "{\"device\":\"a\",\"time\":1,\"text\":\"x\",\"label\":\"l\"}\n";
        var path = _folder.Write("d.jsonl", good + "{\"text\":\"" + new string('x', 3_000_000) + "\"}\n" + good);
        var file = DataFile.Open(path, DataFormat.Auto, new DataColumns());

        Assert.Equal([1L, 3L], file.Rows().Select(row => row.Line));
        Assert.Equal(
            "line 2, value '{\"text\":\"" + new string('x', 31) + "…': the line is longer than 1048576 characters. Shorten the text.",
            Assert.Single(file.Report.Problems).ToString());
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void Survey_GzipCutShort_IsNotTakenForTheWholeFile(double share)
    {
        var rows = string.Concat(Enumerable.Range(0, 5000).Select(i => $"d{i},{i},text {i},l{i % 2}\n"));
        var packed = TempFolder.Gzip("device,time,text,label\n" + rows);
        var path = _folder.Write("d.csv.gz", packed[..(int)(packed.Length * share)]);

        var message = Fails(path);

        Assert.StartsWith($"The data file '{path}' has 1 problem:\n  It cannot be read on after row ", message);
        Assert.EndsWith(". Fetch or write the file anew.", message);
    }

    [Fact]
    public void Survey_ConcatenatedGzip_IsReadToTheEnd()
    {
        byte[] packed = [.. TempFolder.Gzip("device,time,text,label\na,1,x,l\n"), .. TempFolder.Gzip("b,2,y,m\n")];

        var survey = DataSurvey.Take(DataFile.Open(_folder.Write("d.csv.gz", packed), DataFormat.Auto, new DataColumns()));

        Assert.Equal((2, 2L), (survey.Devices, survey.Rows));
    }

    private static string Fails(string path, DataColumns? columns = null)
    {
        var file = DataFile.Open(path, DataFormat.Auto, columns ?? new DataColumns());
        return Assert.Throws<DataFileException>(() => DataSurvey.Take(file)).Message;
    }
}

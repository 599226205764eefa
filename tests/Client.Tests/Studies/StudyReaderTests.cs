using System.Text;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Studies;

public sealed class StudyReaderTests
{
    [Fact]
    public void Read_EmptyObject_IsTheDefaultStudy() => Assert.Equal(new Study().Resolve(), StudyReader.Read("{}", "s"));

    [Fact]
    public void Read_CommentsAndTrailingCommas_AreAllowed()
    {
        var study = StudyReader.Read(
            """
            // A study.
            {
              "$schema": "https://example.org/study.schema.json",
              "name": "mine", /* not yours */
              "seed": 18446744073709551615,
              "training": { "rounds": 7, "local": { "steps": 3, }, "server": { "optimizer": "fedadam" }, },
            }
            """,
            "s");

        Assert.Equal(("mine", ulong.MaxValue), (study.Name, study.Seed));
        Assert.Equal((7, 3, ServerOptimizer.FedAdam), (study.Training.Rounds, study.Training.Local.Steps, study.Training.Server.Optimizer));
        Assert.Equal(50, study.Training.Cohort);
    }

    [Fact]
    public void Read_File_TakesItsColumns()
    {
        var study = StudyReader.Read(
            """{"population":{"source":"file","file":{"path":"d.csv","format":"jsonl","columns":{"device":null,"time":"ts","split":"part"}}}}""", "s");

        var expected = new FileSection
        {
            Path = "d.csv",
            Format = DataFormat.Jsonl,
            Columns = new DataColumns { Device = null, Time = "ts", Text = "text", Label = "label", Split = "part" },
        };
        Assert.Equal(expected, study.Population.File);
        Assert.Null(study.Population.Generated);
    }

    [Fact]
    public void Read_ManyMistakes_ReportsAllAtOnce() => Assert.Equal(
        """
        The study 'bad.json' has 12 mistakes:
          nmae: there is no such field. Did you mean 'name'?
          seed: -1 is not a whole number from 0 to 18446744073709551615. Write a number without quotes, for example 1.
          model.type: "embeding-bag" is not one of "embedding-bag", "softmax-regression", "log-bilinear", "own". Did you mean "embedding-bag"?
          model.buckets: "many" is not a whole number of 32 bits. Write a number without quotes, for example 5000.
          model.bigrams: "yes" is not true or false. Write true or false, without quotes.
          training.local.steps: 2.5 is not a whole number of 32 bits. Write a number without quotes, or null.
          training.bounds: 10 is not a section. Write its fields in braces, as {…}.
          training.rounds: it is null. Give it a value, or leave it out for the default.
          training.selection.strategy: {…} is not one of "uniform", "power", "log", "top-q", "softmax", "round-robin", "own", "power-of-choice", "oort". Use one of them.
          evaluation.learningRate: there is no such field. Did you mean 'training.local.learningRate'?
          evaluation.quux: there is no such field. The fields here are 'every', 'devicesMax', 'prequential', 'target'.
          training.cohort: 0 is below 1. Use at least 1 device per round.
        """,
        Fails(
            """
            {
              "nmae": "x",
              "seed": -1,
              "model": { "type": "embeding-bag", "buckets": "many", "bigrams": "yes" },
              "training": {
                "cohort": 0, "local": { "steps": 2.5 }, "bounds": 10, "rounds": null, "selection": { "strategy": {} }
              },
              "evaluation": { "learningRate": 1, "quux": 2 },
            }
            """));

    [Fact]
    public void Read_FieldTwice_IsRefused() => Assert.Equal(
        "The study 'bad.json' has 1 mistake:\n  training.rounds: it is there twice. Keep one of the two.",
        Fails("""{"training":{"rounds":1,"rounds":2}}"""));

    [Theory]
    [InlineData("", "it is empty. Write {} for the defaults.")]
    [InlineData("[]", "[…] is not a section. Write its fields in braces, as {…}.")]
    [InlineData("{\n  \"seed\": }", "line 2, byte 11: not JSON: '}' is an invalid start of a value. Mend it there or just before.")]
    [InlineData("{\"name\":\"\\ud800\"}", "it holds half of a surrogate pair (\\ud800 to \\udfff). Write both halves, or the character itself.")]
    [InlineData("{\"seed\":18446744073709551616}",
        "seed: 18446744073709551616 is not a whole number from 0 to 18446744073709551615. Write a number without quotes, for example 1.")]
    [InlineData("{\"training\":{\"deadlineSeconds\":1e999}}",
        "training.deadlineSeconds: 1e999 is not a finite number. Write a number without quotes, for example 600.")]
    [InlineData("{\"name\":7}", "name: 7 is not a text. Write it in double quotes.")]
    [InlineData("{\"population\":{\"source\":\"files\"}}", "population.source: \"files\" is not one of \"generated\", \"file\". Did you mean \"file\"?")]
    public void Read_BadText_SaysWhereAndWhatToDo(string json, string expected) =>
        Assert.Equal($"The study 'bad.json' has 1 mistake:\n  {expected}", Fails(json));

    [Fact]
    public void Read_Bytes_SkipsAByteOrderMarkAndRefusesOtherEncodings()
    {
        Assert.Equal("é", StudyReader.Read([.. Encoding.UTF8.Preamble, .. "{\"description\":\"é\"}"u8], "s").Description);

        var latin = Assert.Throws<StudyException>(() => StudyReader.Read(Encoding.Latin1.GetBytes("{\"description\":\"é\"}"), "s"));
        Assert.Equal("The study 's' has 1 mistake:\n  it is not UTF-8. Save it as UTF-8, and check that it is a study.", latin.Message);
        var large = Assert.Throws<StudyException>(() => StudyReader.Read(new byte[StudyReader.BytesMax + 1], "s"));
        Assert.Equal(
            "The study 's' has 1 mistake:\n  it is longer than 1048576 bytes. Name a study; data files go into its population.file.path.", large.Message);
    }

    [Fact]
    public void Read_DeepNesting_IsRefused()
    {
        var json = string.Concat(Enumerable.Repeat("{\"model\":", 10_000));

        Assert.StartsWith("The study 'bad.json' has 1 mistake:\n  line 1, byte ", Fails(json), StringComparison.Ordinal);
    }

    private static string Fails(string json) => Assert.Throws<StudyException>(() => StudyReader.Read(json, "bad.json")).Message;
}

using System.Text.Json;
using CsCheck;
using Sheaf.Client.Studies;
using Sheaf.Client.Tests.Running;
using Sheaf.Client.Tests.Studies;

namespace Sheaf.Client.Tests.Commands;

public sealed class SchemaCommandTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "studies");

    private static readonly JsonElement Schema = Parse(File.ReadAllText(Path.Combine(Folder, "study.schema.json")));

    [Fact]
    public async Task Invoke_Schema_PrintsTheShippedFile()
    {
        var run = await SheafRun.InvokeAsync("schema");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var shipped = await File.ReadAllTextAsync(Path.Combine(Folder, "study.schema.json"));
        Assert.True(
            shipped.ReplaceLineEndings("\n") == run.Output,
            "The fields of a study have changed. Write client/studies/study.schema.json anew: sheaf schema > client/studies/study.schema.json");
    }

    [Fact]
    public void Schema_ShippedStudies_NameItAndConform() => Assert.All(StudyCatalog.Names, name =>
    {
        var study = Parse(StudyCatalog.ReadShipped(name));
        Assert.True(File.Exists(Path.Combine(Folder, study.GetProperty("$schema").GetString()!)));
        Assert.Empty(SchemaChecker.Check(Schema, study));
    });

    [Fact]
    public void Schema_AnyValidStudy_Conforms() =>
        StudyGenerator.Studies.Sample(study => Assert.Empty(SchemaChecker.Check(Schema, Parse(StudyWriter.Write(study)))), iter: 500);

    [Fact]
    public void Schema_EveryDefault_IsThatOfAnEmptyStudy()
    {
        var written = Parse(StudyWriter.Write(new Study()));

        var defaults = Leaves(Schema, "").Where(leaf => !IsNullThere(leaf.Path) && leaf.Path != "/$schema").ToList();

        var paths = SheafRun.Shape(written).Select(field => field.Split(':')[0]).Where(path => !IsNullThere($"/{path.Replace('.', '/')}/"));
        Assert.Equal(paths, defaults.Select(leaf => leaf.Path[1..].Replace('/', '.')));
        Assert.All(defaults, leaf =>
        {
            var value = leaf.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(written, (json, name) => json.GetProperty(name));
            Assert.True(JsonElement.DeepEquals(leaf.Schema.GetProperty("default"), value), leaf.Path);
        });
    }

    // The section of the other source, and that of the virtual clock.
    private static bool IsNullThere(string path) =>
        path.StartsWith("/population/file/", StringComparison.Ordinal) || path.StartsWith("/population/behaviour/profiles/", StringComparison.Ordinal);

    [Fact]
    public void Schema_EveryField_IsDescribedAndEveryNumberHasARange() => Assert.All(Leaves(Schema, ""), leaf =>
    {
        Assert.NotEqual("", leaf.Schema.GetProperty("description").GetString());
        var type = leaf.Schema.GetProperty("type").ToString();
        if (type.Contains("integer", StringComparison.Ordinal) || type.Contains("number", StringComparison.Ordinal))
        {
            var keywords = leaf.Schema.EnumerateObject().Select(keyword => keyword.Name).ToList();
            Assert.Single(keywords.Intersect(["minimum", "exclusiveMinimum"]));
            Assert.Single(keywords.Intersect(["maximum", "exclusiveMaximum"]));
        }
    });

    [Theory]
    [InlineData("""{"nmae":"x"}""", "/nmae: additionalProperties")]
    [InlineData("""{"name":"-x"}""", "/name: pattern")]
    [InlineData("""{"name":null}""", "/name: type")]
    [InlineData("""{"seed":-1}""", "/seed: minimum")]
    [InlineData("""{"seed":0.5}""", "/seed: type")]
    [InlineData("""{"model":{"type":"linear"}}""", "/model/type: enum")]
    [InlineData("""{"model":{"bigrams":"true"}}""", "/model/bigrams: type")]
    [InlineData("""{"model":null}""", "/model: type")]
    [InlineData("""{"population":{"generated":{"device":1}}}""", "/population/generated/device: additionalProperties")]
    [InlineData("""{"population":{"heldOut":1,"shards":0}}""", "/population/heldOut: exclusiveMaximum", "/population/shards: minimum")]
    [InlineData("""{"population":{"file":{"columns":{"text":null}}}}""", "/population/file/columns/text: type")]
    [InlineData("""{"training":{"rounds":1000001,"bounds":{"clipNorm":0}}}""", "/training/rounds: maximum", "/training/bounds/clipNorm: exclusiveMinimum")]
    [InlineData("""{"seeds":[1,1,-2,"3"]}""", "/seeds/2: minimum", "/seeds/3: type", "/seeds: uniqueItems")]
    [InlineData("""{"seeds":7,"arms":[]}""", "/seeds: type", "/arms: type")]
    [InlineData("""{"arms":{"a/b":{}}}""", "/arms/a/b: pattern")]
    [InlineData("""{"arms":{"a":{"training.cohrt":5,"seed":3}}}""", "/arms/a/training.cohrt: additionalProperties", "/arms/a/seed: additionalProperties")]
    [InlineData("""{"arms":{"a":{"training":{"rounds":0},"model.type":"linear"}}}""", "/arms/a/training/rounds: minimum", "/arms/a/model.type: enum")]
    public void Schema_WrongStudy_IsRefusedAsByTheReader(string json, params string[] expected)
    {
        Assert.Equal(expected, SchemaChecker.Check(Schema, Parse(json)));
        Assert.Throws<StudyException>(() => StudyReader.Read(json, "test"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"$schema":"x","population":{"generated":null,"retention":{"ageMaxDays":null}}}""")]
    [InlineData("""{"population":{"source":"file","file":{"path":null,"columns":{"device":null,"time":null}}}}""")]
    [InlineData("""{"training":{"local":{"steps":null},"selection":{"floor":0}}}""")]
    [InlineData("""{"seeds":[1,2],"arms":{"a":{},"b":{"training":{"rounds":5},"training.local":{"steps":2},"model.bigrams":true}}}""")]
    public void Schema_RightStudy_IsTakenAsByTheReader(string json)
    {
        Assert.Empty(SchemaChecker.Check(Schema, Parse(json)));
        Assert.Equal("study", StudyReader.Read(json, "test").Name);
    }

    private static IEnumerable<(string Path, JsonElement Schema)> Leaves(JsonElement section, string path) =>
        section.GetProperty("properties").EnumerateObject().SelectMany(field => field.Value.TryGetProperty("properties", out _)
            ? Leaves(field.Value, $"{path}/{field.Name}")
            : [($"{path}/{field.Name}", field.Value)]);

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json, StudyJson.ReadOptions);
        return document.RootElement.Clone();
    }
}

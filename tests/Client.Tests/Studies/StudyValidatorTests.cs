using System.Text.Json.Nodes;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Studies;

public sealed class StudyValidatorTests
{
    [Fact]
    public void Validate_DefaultStudy_HasNoMistake()
    {
        Assert.Empty(StudyValidator.Validate(new Study()));
        Assert.Empty(StudyValidator.ValidateToRun(new Study().Resolve()));
    }

    [Theory]
    [InlineData("""{"task":{"type":"next-word","vocabularyFile":"w.txt"}}""", "model.type: the task \"next-word\" is not for a classifier. Use \"log-bilinear\", or the task \"classification\".")]
    [InlineData("""{"model":{"type":"log-bilinear"}}""", "model.type: \"log-bilinear\" predicts next words, and the task is \"classification\". Set task.type to \"next-word\", or use \"embedding-bag\".")]
    [InlineData("""{"task":{"type":"next-word"},"model":{"type":"log-bilinear"}}""", "task.vocabularyFile: nobody counts the words of a generated population. Name a text file with one word a line, or set population.source to \"file\".")]
    [InlineData("""{"population":{"source":"file","file":{"columns":{"label":null}}}}""", "population.file.columns.label: it is null, and the task \"classification\" needs labels. Name the column of the classes, or set task.type to \"next-word\" to learn from texts alone.")]
    [InlineData("""{"task":{"type":"next-word"},"model":{"type":"log-bilinear"},"population":{"source":"file","file":{"columns":{"label":null},"partition":{"kind":"label-dirichlet"}}}}""", "population.file.columns.label: it is null, and the partition \"label-dirichlet\" needs labels. Name the column of the labels, or use another partition.")]
    [InlineData("""{"task":{"type":"next-word","vocabulary":50000,"context":8,"vocabularyFile":"w.txt"},"model":{"type":"log-bilinear","embeddingSize":4096}}""", "task.vocabulary: with 50001 words and a context of 8 the model has 1843319633 values, above 268435456. Use fewer words, or a smaller task.context or model.embeddingSize.")]
    public void Read_TaskThatDoesNotFit_IsOneMistakeWithItsRemedy(string json, string expected) =>
        Assert.Equal(expected, Assert.Single(Assert.Throws<StudyException>(() => StudyReader.Read(json, "s")).Mistakes).ToString());

    [Theory]
    [InlineData("generated", "population.file.")]
    [InlineData("file", "population.generated.")]
    public void Validate_EverythingWrong_NamesFieldsThatExist(string source, string otherSource)
    {
        var paths = NumbersBelow(typeof(Study), "").Where(path => path != "seed" && !path.StartsWith(otherSource, StringComparison.Ordinal)).Order().ToArray();
        var wrong = paths.Aggregate(Merge("{}", "population.source", $"\"{source}\""), (json, path) => Merge(json, path, "-5"));
        var mistakes = Assert.Throws<StudyException>(() => StudyReader.Read(wrong, "s")).Mistakes;

        Assert.Equal(paths, mistakes.Select(mistake => mistake.Path).Order());
    }

    [Theory]
    [InlineData("name", "\"a/b\"", "name: 'a/b' cannot name a folder everywhere. Use 1 to 64 letters (a to z), digits, '-', '_' and '.', the first a letter or a digit.")]
    [InlineData("name", "\"..\"", "name: '..' cannot name a folder everywhere. Use 1 to 64 letters (a to z), digits, '-', '_' and '.', the first a letter or a digit.")]
    [InlineData("training.cohort", "0", "training.cohort: 0 is below 1. Use at least 1 device per round.")]
    [InlineData("population.shards", "12", "population.shards: 12 is not a power of two. Use 8 or 16.")]
    [InlineData("population.heldOut", "1", "population.heldOut: 1 is not below 1. Use a share of the examples such as 0.2.")]
    [InlineData("training.local.learningRate", "0", "training.local.learningRate: 0 is not above 0. Use a step size such as 0.1.")]
    [InlineData("population.file", "{}", "population.file: population.source is \"generated\", so the file is not read. Set the source to \"file\", or take the section out.")]
    [InlineData("population", "{\"source\":\"file\",\"generated\":{}}",
        "population.generated: population.source is \"file\", so nothing is generated. Set the source to \"generated\", or take the section out.")]
    [InlineData("population", "{\"source\":\"file\",\"file\":{\"columns\":{\"label\":\"text\"}}}",
        "population.file.columns.label: 'text' is the column of the text too. Name the column of the classes.")]
    [InlineData("population", "{\"source\":\"file\",\"file\":{\"columns\":{\"time\":\"\"}}}",
        "population.file.columns.time: it is empty. Name a column of the file or write null: the rows are in the order of time.")]
    [InlineData("population", "{\"source\":\"file\",\"file\":{\"path\":\"a\\u0000\"}}",
        "population.file.path: it is empty, or holds a character with code 0. Name a file, or leave it out and name the file when you run the study.")]
    [InlineData("training.bounds", "{\"clipNorm\":5,\"rejectNorm\":4.5}",
        "training.bounds.rejectNorm: 4.5 is below training.bounds.clipNorm, 5. Use at least the clip norm: an update is refused when clipping is not enough.")]
    [InlineData("population.generated", "{\"examplesMax\":12}",
        "population.generated.examplesMean: 13 is more than population.generated.examplesMax, 12. Use a smaller mean, or a larger maximum.")]
    [InlineData("population", "{\"generated\":{\"examplesMax\":214749},\"periods\":10000}",
        "population.periods: 10000 periods of up to 214749 examples are more than 2147483647 examples of a device. Use fewer periods, or a smaller population.generated.examplesMax.")]
    [InlineData("population.retention", "{\"reserve\":5,\"periodsMax\":1,\"trainOnce\":true}",
        "population.retention.reserve: a reserve keeps to train on again what population.retention.trainOnce deletes when it was trained on. Choose one of them.")]
    [InlineData("population.retention", "{\"reserve\":5}",
        "population.retention.reserve: nothing would go that a reserve could keep. Set population.retention.periodsMax or examplesMax, or write 0.")]
    [InlineData("population.retention", "{\"overflow\":\"reservoir\"}",
        "population.retention.overflow: \"reservoir\" without population.retention.examplesMax keeps everything. Say how many examples the reservoir holds, or leave it out.")]
    [InlineData("training.selection", "{\"counts\":\"stale\"}",
        "training.selection.counts: \"stale\" counts are those of the period before, and the study has one. Use \"current\", or several population.periods that arrive one by one.")]
    [InlineData("training.selection", "{\"counts\":\"bucketed\",\"decay\":0.5}",
        "training.selection.decay: only current counts decay. Use 1, or the counts \"current\".")]
    [InlineData("model", "{\"buckets\":10000000,\"embeddingSize\":27,\"hiddenSize\":1}",
        "model.buckets: with 10000000 buckets and 63 labels or more the model has 270000154 values, above 268435456. Use fewer buckets, or a smaller model.embeddingSize or model.hiddenSize.")]
    [InlineData("model", "{\"type\":\"softmax-regression\",\"buckets\":5000000}",
        "model.buckets: with 5000000 buckets and 63 labels or more the model has 315000063 values, above 268435456. Use fewer buckets.")]
    [InlineData("training.local", "{\"epochs\":1001,\"examplesMax\":100000}",
        "training.local.epochs: a device would see up to 100100000 examples in a round, above 100000000. Use fewer, or a smaller training.local.examplesMax or training.local.batchSize.")]
    [InlineData("training.local", "{\"steps\":1000000,\"batchSize\":101}",
        "training.local.steps: a device would see up to 101000000 examples in a round, above 100000000. Use fewer, or a smaller training.local.examplesMax or training.local.batchSize.")]
    [InlineData("training.local", "{\"optimizer\":\"adam\",\"momentum\":0.9}",
        "training.local.momentum: \"adam\" does not use it: its momentum is training.local.beta1. Take it out, or use the optimizer \"sgd\".")]
    [InlineData("training.aggregation.trim", "0.2",
        "training.aggregation.trim: \"mean\" does not use it. Take it out, or use the rule \"trimmed-mean\".")]
    [InlineData("training.aggregation", "{\"rule\":\"median\",\"bound\":1}",
        "training.aggregation.bound: \"median\" does not use it. Take it out, or use the rule \"norm-bounded-mean\".")]
    [InlineData("training.aggregation.byzantine", "1",
        "training.aggregation.byzantine: \"mean\" does not use it. Take it out, or use the rule \"multi-krum\".")]
    [InlineData("training.aggregation.selected", "1",
        "training.aggregation.selected: \"mean\" does not use it. Take it out, or use the rule \"multi-krum\".")]
    [InlineData("training.aggregation.rule", "\"norm-bounded-mean\"",
        "training.aggregation.bound: it is null, and \"norm-bounded-mean\" needs one. Use a norm below that of most inputs, such as 1.")]
    [InlineData("training.aggregation.over", "\"updates\"",
        "training.aggregation.over: \"mean\" adds all updates up and looks at none. Use \"slices\", or a rule such as \"median\".")]
    [InlineData("training.aggregation", "{\"rule\":\"median\",\"bytesMax\":1e9}",
        "training.aggregation.bytesMax: it is for single updates, and over \"slices\" there are none. Take it out, or set training.aggregation.over to \"updates\".")]
    [InlineData("training.aggregation", "{\"rule\":\"multi-krum\",\"byzantine\":7}",
        "training.aggregation.byzantine: with 7 corrupt inputs \"multi-krum\" needs 17 (2 × 7 + 3), more than population.shards, 16. Use fewer, or more population.shards.")]
    [InlineData("training.aggregation", "{\"rule\":\"multi-krum\",\"over\":\"updates\",\"byzantine\":24,\"bytesMax\":1e9}",
        "training.aggregation.byzantine: with 24 corrupt inputs \"multi-krum\" needs 51 (2 × 24 + 3), more than the 50 devices that are selected. Use fewer, or a larger training.cohort.")]
    [InlineData("training.aggregation", "{\"rule\":\"multi-krum\",\"selected\":14}",
        "training.aggregation.selected: to average 14 \"multi-krum\" needs 17 inputs (14 + 1 + 2), more than population.shards, 16. Use fewer, or more population.shards.")]
    [InlineData("training", "{\"cohort\":1000,\"aggregation\":{\"rule\":\"median\",\"over\":\"updates\"}}",
        "training.aggregation.over: cohort 1000 × 336447 parameters × 8 B = 2691576000 B are more than training.aggregation.bytesMax, 268435456. Use \"slices\", a smaller training.cohort, or a larger training.aggregation.bytesMax.")]
    [InlineData("training.local.weightDecay", "0.01",
        "training.local.weightDecay: \"sgd\" does not use it. Take it out, or use the optimizer \"adamw\".")]
    [InlineData("training.local", "{\"optimizer\":\"adamw\",\"weightDecay\":10}",
        "training.local.weightDecay: 10 times training.local.learningRate, 0.1, is not below 1. Use a smaller one, such as 0.01: a step would leave nothing of a weight.")]
    [InlineData("training.selection.floor", "1",
        "training.selection.floor: 1 is not below 1. Use 0 (activity decides alone) or more, such as 0.1; where activity shall not matter, use the strategy \"uniform\".")]
    [InlineData("training.cohort", "1001",
        "training.cohort: 1001 is more than the 1000 devices of the population. Use a smaller cohort, or more population.generated.devices.")]
    [InlineData("population", "{\"source\":\"file\",\"file\":{\"partition\":{\"kind\":\"iid\",\"devices\":49}}}",
        "training.cohort: 50 is more than the 49 devices of the population. Use a smaller cohort, or more population.file.partition.devices.")]
    [InlineData("training", "{\"cohort\":400,\"overSelection\":2.501}",
        "training.overSelection: the 1001 devices that are selected are more than the 1000 of the population. Use a smaller factor or training.cohort, or more population.generated.devices.")]
    [InlineData("training", "{\"cohort\":70,\"overSelection\":1.1,\"minimumReports\":78}",
        "training.minimumReports: 78 is more than the 77 devices that are selected. Use fewer, or a larger training.cohort or training.overSelection.")]
    [InlineData("training", "{\"overSelection\":1.5,\"selection\":{\"inclusionMax\":0.074}}",
        "training.selection.inclusionMax: 0.074 is too low to select 75 of 1000 devices. Use more than 0.075, or a smaller training.cohort or training.overSelection.")]
    [InlineData("training", "{\"overSelection\":1.5,\"selection\":{\"minimumGap\":13}}",
        "training.selection.minimumGap: 14 cohorts of 75 without a device in common are more than the 1000 devices of the population. Use at most 12, or a smaller training.cohort or training.overSelection.")]
    [InlineData("training.closing", "\"cohort\"",
        "training.closing: who is first, only a virtual clock can say the same in every run. Give the devices profiles, with population.behaviour.profiles, or set it to \"all\".")]
    [InlineData("population.behaviour", "{\"availability\":0.7,\"profiles\":{\"swing\":4}}",
        "population.behaviour.profiles.swing: with a swing of 4, devices can be online for at most 0.625 of the time, and population.behaviour.availability is 0.7. Use a smaller swing or availability.")]
    [InlineData("population.behaviour.profiles", "{\"traceFile\":\"/trace.jsonl\",\"zoneHours\":3}",
        "population.behaviour.profiles.traceFile: the trace says how fast devices are and when they are online, and so do other fields. Take the other fields of the profiles out, and population.behaviour.availability, or the trace.")]
    [InlineData("population.behaviour.profiles.traceFile", "\"\"",
        "population.behaviour.profiles.traceFile: it is empty, or holds a character with code 0. Name a file with one device a line, or write null.")]
    [InlineData("population.behaviour.availability", "0",
        "population.behaviour.availability: 0 is not above 0. Use a probability; with 1 devices are always there.")]
    [InlineData("training.selection.inclusionMax", "0.049",
        "training.selection.inclusionMax: 0.049 is too low to select 50 of 1000 devices. Use more than 0.05, or a smaller training.cohort.")]
    [InlineData("training.selection", "{\"strategy\":\"top-q\",\"share\":0.049}",
        "training.selection.share: 0.049 of 1000 devices are too few to select 50. Use at least 0.05, or a smaller training.cohort.")]
    [InlineData("training.weighting", "\"inverse-probability\"",
        "training.selection.floor: 0 is below 0.001, which \"inverse-probability\" needs. Use a floor such as 0.1, so that no device weighs without bound.")]
    [InlineData("training", "{\"weighting\":\"inverse-probability\",\"selection\":{\"strategy\":\"top-q\",\"floor\":0.1}}",
        "training.weighting: \"top-q\" never selects some devices, and no weight of the others makes up for that. Use another training.selection.strategy, or the weighting \"equal\".")]
    [InlineData("training.selection.minimumGap", "20",
        "training.selection.minimumGap: 21 cohorts of 50 without a device in common are more than the 1000 devices of the population. Use at most 19, or a smaller training.cohort.")]
    [InlineData("training.selection", "{\"strategy\":\"round-robin\",\"minimumGap\":1}",
        "training.selection.minimumGap: \"round-robin\" has an order of its own, in which nobody is left out. Use 0: a device is selected once a sweep.")]
    [InlineData("training", "{\"weighting\":\"inverse-probability\",\"selection\":{\"floor\":0.1,\"minimumGap\":1}}",
        "training.selection.minimumGap: a device that sits out has no probability that \"inverse-probability\" could make up for. Use 0, or another training.weighting.")]
    [InlineData("training.server.schedule.warmupRounds", "30",
        "training.server.schedule.warmupRounds: 30 is not below training.rounds, 30. Use fewer rounds of warm-up, so that some have the full rate.")]
    public void Read_OneMistake_HasThisText(string path, string json, string expected) =>
        Assert.Equal(expected, Assert.Single(Mistakes(path, json)).ToString());

    [Fact]
    public void Validate_OwnModelOnAnAccelerator_IsRefused()
    {
        var study = new Study
        {
            Model = new() { Type = ModelType.Own, Assembly = "a.dll", Class = "A.B" },
            Training = new() { Accelerator = TrainingAccelerator.Cuda },
        };

        Assert.Equal(
            "training.accelerator: a model of your own trains on processors. Take it out, or use a model that comes with Sheaf.",
            Assert.Single(StudyValidator.Validate(study)).ToString());
    }

    [Theory]
    [InlineData("power", "0.001")]
    [InlineData("softmax", "0.1")]
    [InlineData("uniform", "0")]
    [InlineData("round-robin", "0")]
    public void Read_InverseProbabilityWhereEveryDeviceHasAChance_IsRight(string strategy, string floor) => Assert.Empty(Mistakes(
        "training", $$"""{"weighting":"inverse-probability","selection":{"strategy":"{{strategy}}","floor": {{floor}} } }"""));

    [Fact]
    public void Validate_TypeMistake_HidesWhatFollowsFromTheDefaultInItsPlace()
    {
        var mistakes = Assert.Throws<StudyException>(
            () => StudyReader.Read("""{"population":{"generated":{"devices":"2000"}},"training":{"cohort":1500}}""", "s")).Mistakes;

        Assert.Equal("population.generated.devices", Assert.Single(mistakes).Path);
    }

    [Fact]
    public void Read_MistakesOfAllKinds_AreReportedTogether()
    {
        var mistakes = Assert.Throws<StudyException>(
            () => StudyReader.Read("""{"nmae":"x","population":{"file":{}},"training":{"rounds":0,"cohort":2000}}""", "s")).Mistakes;

        Assert.Equal(["nmae", "training.rounds", "population.file", "training.cohort"], mistakes.Select(mistake => mistake.Path));
    }

    [Fact]
    public void Validate_ValuesThatJsonCannotSay_AreRefusedToo()
    {
        var study = new Study
        {
            Population = new() { HeldOut = double.NaN, Source = PopulationSource.File, File = new() { Format = (DataFormat)9 } },
            Training = new() { DeadlineSeconds = double.NaN, Local = new() { LearningRate = double.PositiveInfinity } },
        };

        Assert.Equal(
            ["population.heldOut", "population.file.format", "training.deadlineSeconds", "training.local.learningRate"],
            StudyValidator.Validate(study).Select(mistake => mistake.Path));
    }

    [Fact]
    public void ValidateToRun_FileWithoutPath_AsksForOne()
    {
        var study = new Study { Population = new() { Source = PopulationSource.File } };

        Assert.Empty(StudyValidator.Validate(study));
        Assert.Equal(
            "population.file.path: no file is named. Name the file that holds the examples, with --data FILE or here.",
            Assert.Single(StudyValidator.ValidateToRun(study)).ToString());
    }

    [Fact]
    public void ValidateToRun_FileWithManyLabels_ChecksTheModelAgain()
    {
        var study = new Study
        {
            Population = new() { Source = PopulationSource.File, File = new() { Path = "d.tsv" } },
            Model = new() { Type = ModelType.SoftmaxRegression, Buckets = 1_000_000 },
        };

        Assert.Empty(StudyValidator.ValidateToRun(study, labels: 268));
        Assert.Equal(
            "model.buckets: with 1000000 buckets and 269 labels or more the model has 269000269 values, above 268435456. Use fewer buckets.",
            Assert.Single(StudyValidator.ValidateToRun(study, labels: 269)).ToString());
    }

    internal static IReadOnlyList<StudyMistake> Mistakes(string path, string json)
    {
        try
        {
            var source = path.StartsWith("population.file.", StringComparison.Ordinal) ? "\"file\"" : "\"generated\"";
            StudyReader.Read(Merge(Merge("{}", "population.source", source), path, json), "s");
            return [];
        }
        catch (StudyException e)
        {
            return e.Mistakes;
        }
    }

    /// <summary>Writes a value at a path, making the sections on the way.</summary>
    internal static string Merge(string study, string path, string json)
    {
        var root = JsonNode.Parse(study)!;
        var names = path.Split('.');
        var section = root;
        foreach (var name in names[..^1])
        {
            section = section[name] ??= new JsonObject();
        }

        section[names[^1]] = JsonNode.Parse(json);
        return root.ToJsonString();
    }

    internal static IEnumerable<string> NumbersBelow(Type section, string prefix) => StudyField.Of(section).SelectMany(field =>
        field.IsSection ? NumbersBelow(field.Type, $"{prefix}{field.Name}.")
        : field.Type == typeof(int) || field.Type == typeof(double) || field.Type == typeof(ulong) ? [prefix + field.Name]
        : Enumerable.Empty<string>());
}

using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sheaf.Client.Tests.Running;
using TorchSharp;
using TorchSharp.PyBridge;

namespace Sheaf.Client.Tests.Models;

/// <summary>A model, taken out of its run.</summary>
public sealed class ModelExportTests(ModelOfARun model) : IClassFixture<ModelOfARun>
{
    private JsonElement Card => SheafRun.Read(model.Run, "model.json");

    private string TensorsFile => Path.Combine(model.Run, "model.safetensors");

    [Fact]
    public void Run_Ended_LeavesTheModelItEndedWithToTheLastBit()
    {
        var file = SafetensorsReader.Read(File.ReadAllBytes(TensorsFile));

        var tensors = Card.GetProperty("model").GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()!).ToArray();
        Assert.Equal(["embedding.weight", "hidden.weight", "hidden.bias", "output.weight", "output.bias"], tensors);
        Assert.Equal<long[]>([[200, 6], [6, 5], [5], [5, 2], [2]], tensors.Select(name => file.Tensors[name].Shape));
        var values = tensors.SelectMany(name => file.Tensors[name].Values).SelectMany(BitConverter.GetBytes).ToArray();
        var checkpoint = model.Summary.GetProperty("checkpoint").GetString();
        Assert.Equal(checkpoint, Convert.ToHexStringLower(SHA256.HashData(values)));
        Assert.Equal(checkpoint, file.Metadata["checkpoint"]);
        Assert.Equal(("small-7", "3"), (file.Metadata["task"], file.Metadata["round"]));
    }

    [Fact]
    public void Run_Ended_LeavesTensorsThatAnotherLibraryReads()
    {
        using var scope = torch.NewDisposeScope();
        var ours = SafetensorsReader.Read(File.ReadAllBytes(TensorsFile)).Tensors;

        var theirs = Safetensors.LoadStateDict(TensorsFile);

        Assert.Equal(ours.Keys.Order(StringComparer.Ordinal), theirs.Keys.Order(StringComparer.Ordinal));
        Assert.All(theirs, tensor => Assert.Equal(ours[tensor.Key].Shape, tensor.Value.shape));
        Assert.All(theirs, tensor => Assert.Equal(ours[tensor.Key].Values, tensor.Value.data<float>().ToArray()));
    }

    [Fact]
    public void Card_WithTheTensorsAlone_IsEnoughToPredictAsTheRunDid()
    {
        var user = new CardUser(SafetensorsReader.Read(File.ReadAllBytes(TensorsFile)), Card);

        var (accuracy, loss) = user.Score(ModelOfARun.HeldOut);

        var metrics = model.Summary.GetProperty("metrics");
        Assert.Equal(metrics.GetProperty("accuracy").GetDouble(), accuracy, 12);
        Assert.Equal(metrics.GetProperty("loss").GetDouble(), loss, 5);
        Assert.InRange(accuracy, 0.55, 0.99);
    }

    [Fact]
    public void Card_OfARun_SaysWhatTheRunSays()
    {
        var (card, summary) = (Card, model.Summary);

        Assert.Equal(
            [
                "task: String", "study: String", "seed: Number", "round: Number", "checkpoint: String", "repeatable: Boolean", "population.name: String",
                "population.devices: Number", "population.examples: Number", "population.heldOut: Number", "metrics.round: Number", "metrics.devices: Number",
                "metrics.examples: Number", "metrics.accuracy: Number", "metrics.loss: Number", "model.type: String", "model.parameters: Number",
                "model.computes: String", "model.tensors: Array", "tokenizer.buckets: Number", "tokenizer.bigrams: Boolean", "tokenizer.tokensMax: Number",
                "tokenizer.scheme: String", "labels: Array", "sheaf: String", "created: String",
            ],
            SheafRun.Shape(card));
        Assert.Equal(("small-7", "small", 7, 3), (card.GetProperty("task").GetString(), card.GetProperty("study").GetString(), card.GetProperty("seed").GetInt32(), card.GetProperty("round").GetInt32()));
        Assert.True(card.GetProperty("repeatable").GetBoolean());
        Assert.Equal((6, 180, 60), (Count("devices"), Count("examples"), Count("heldOut")));
        Assert.Equal(summary.GetProperty("metrics").GetProperty("accuracy").GetDouble(), card.GetProperty("metrics").GetProperty("accuracy").GetDouble());
        Assert.Equal(3, card.GetProperty("metrics").GetProperty("round").GetInt32());
        Assert.Equal((200 * 6) + (6 * 5) + 5 + (5 * 2) + 2, card.GetProperty("model").GetProperty("parameters").GetInt32());
        Assert.Equal(["alarm", "play"], card.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));

        int Count(string name) => card.GetProperty("population").GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Export_ToAFolder_WritesWhatTheRunHasItself()
    {
        var to = model.Folder.In("exported/model");

        var export = await SheafRun.InvokeAsync("model", "export", "--output", model.Run, "--to", to);

        Assert.Equal((0, ""), (export.ExitCode, export.Error));
        Assert.Equal($"The model after round 3: 1,247 parameters in {Path.Combine(to, "model.safetensors")}, described in {Path.Combine(to, "model.json")}.\n", export.Output);
        Assert.Equal(File.ReadAllBytes(TensorsFile), await File.ReadAllBytesAsync(Path.Combine(to, "model.safetensors")));
        Assert.Equal(WithoutTime(Card), WithoutTime(SheafRun.Read(to, "model.json")));
        Assert.Equal(["model.json", "model.safetensors"], Directory.GetFiles(to).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        static IEnumerable<string> WithoutTime(JsonElement card) =>
            card.EnumerateObject().Where(field => field.Name != "created").Select(field => field.Value.GetRawText());
    }

    [Fact]
    public async Task Export_FolderThatIsAFile_SaysSo()
    {
        var to = model.Folder.Write("taken", "");

        var export = await SheafRun.InvokeAsync("model", "export", "--output", model.Run, "--to", to);

        Assert.Equal((1, ""), (export.ExitCode, export.Output));
        Assert.StartsWith($"The model cannot be written to '{to}': ", export.Error, StringComparison.Ordinal);
        Assert.EndsWith(" Name another folder with --to, or make room in it.\n", export.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export")]
    [InlineData("evaluate")]
    public async Task Model_DamagedCheckpoint_IsRefusedByName(string verb)
    {
        using var damaged = new TempFolder();
        foreach (var file in new[] { "study.json", "cluster.db", "cluster.db-wal" }.Where(file => File.Exists(Path.Combine(model.Run, file))))
        {
            File.Copy(Path.Combine(model.Run, file), damaged.In(file));
        }

        Damage(damaged.In("cluster.db"));

        var run = await SheafRun.InvokeAsync("model", verb, "--output", damaged.Path);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Matches(
            $"^The checkpoint {model.Summary.GetProperty("checkpoint").GetString()} of task 'small-7' is damaged: its content hashes to [0-9a-f]{{64}}\\. "
                + "Restore the run's folder from a copy, or run the study again\\.\n$",
            run.Error);
        Assert.DoesNotContain(Directory.GetFiles(damaged.Path), file => Path.GetFileName(file).StartsWith("model.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Model_FolderWithoutARun_SaysSo()
    {
        using var empty = new TempFolder();

        var run = await SheafRun.InvokeAsync("model", "evaluate", "--output", empty.Path);

        Assert.Equal((1, $"There is no run in '{empty.Path}': it has no study.json. Name the folder of a run with --output.\n"), (run.ExitCode, run.Error));
    }

    // Changes one bit of the checkpoint where the database has it.
    private void Damage(string database)
    {
        var values = SafetensorsReader.Read(File.ReadAllBytes(TensorsFile)).Tensors["embedding.weight"].Values.SelectMany(BitConverter.GetBytes).ToArray();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        connection.Open();
        using var query = connection.CreateCommand();
        query.CommandText = "SELECT rowid, PayloadBinary FROM OrleansStorage WHERE PayloadBinary IS NOT NULL";
        var found = new List<(long Row, byte[] Payload)>();
        using (var rows = query.ExecuteReader())
        {
            while (rows.Read())
            {
                var payload = (byte[])rows[1];
                if (payload.AsSpan().IndexOf(values) is >= 0 and var at)
                {
                    payload[at + 5] ^= 1;
                    found.Add((rows.GetInt64(0), payload));
                }
            }
        }

        var (row, changed) = Assert.Single(found);
        using var update = connection.CreateCommand();
        update.CommandText = "UPDATE OrleansStorage SET PayloadBinary = @payload WHERE rowid = @row";
        update.Parameters.AddWithValue("@payload", changed);
        update.Parameters.AddWithValue("@row", row);
        Assert.Equal(1, update.ExecuteNonQuery());
    }
}

using Microsoft.Data.Sqlite;

namespace Sheaf.Client.Tests.Running;

/// <summary>A database that is locked, newer or without space: what the command says, and that the run goes on afterwards.</summary>
public sealed class StorageFailureTests(StorageFailureTests.FinishedRun whole) : IClassFixture<StorageFailureTests.FinishedRun>, IDisposable
{
    private const int Rounds = 40;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Resume_DatabaseOfANewerVersion_IsRefusedAndLeftAsItIs()
    {
        whole.CopyTo(_folder.In("a"));
        Execute("a", "PRAGMA user_version = 7; PRAGMA wal_checkpoint(TRUNCATE);");
        var before = File.ReadAllBytes(_folder.In("a/cluster.db"));

        var run = await SheafRun.InvokeAsync("population", "show", "--output", _folder.In("a"));

        var message = $"The database '{_folder.In("a/cluster.db")}' has version 7; this Sheaf knows versions up to 1, and has left it as it is. "
            + "Use a newer Sheaf, or another folder.\n";
        Assert.Equal((1, "", message), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(before, File.ReadAllBytes(_folder.In("a/cluster.db")));
    }

    [Fact]
    public async Task Resume_DatabaseFromBeforeVersions_IsBroughtUpToDate()
    {
        whole.CopyTo(_folder.In("a"));
        Assert.Equal(1L, Query("a", "PRAGMA user_version;"));
        Execute("a", "PRAGMA user_version = 0;");

        var run = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("a"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(1L, Query("a", "PRAGMA user_version;"));
    }

    [Fact]
    public async Task Resume_FileThatIsNoDatabase_SaysSo()
    {
        whole.CopyTo(_folder.In("a"));
        SqliteConnection.ClearAllPools();
        File.WriteAllText(_folder.In("a/cluster.db"), "Not a database, however long it is looked at.");

        var run = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("a"));

        var message = $"The database '{_folder.In("a/cluster.db")}' is damaged, or is no database (SQLite Error 26: 'file is not a database'). "
            + "Restore it from a copy, or begin again in another folder.\n";
        Assert.Equal((1, message), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Resume_LockedDatabase_SaysSoAndCanBeResumedAfterwards()
    {
        whole.CopyTo(_folder.In("a"));
        using (var other = Open("a"))
        {
            using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN EXCLUSIVE;";
            hold.ExecuteNonQuery();

            var locked = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("a"));

            Assert.Equal((1, $"{Locked("a")} Then go on: sheaf run --resume --output {_folder.In("a")}\n"), (locked.ExitCode, locked.Error));
        }

        var run = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("a"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(whole.RepeatableRounds, SheafRun.RepeatableRounds(_folder.In("a")));
    }

    [Fact]
    public async Task Run_LockedBetweenRounds_StopsWithTheReasonAndCanBeResumed()
    {
        var running = SheafRun.InvokeAsync("run", whole.Study, "--output", _folder.In("a"));
        using (var other = await HoldAsync("a"))
        {
            var locked = await running;

            Assert.Equal(1, locked.ExitCode);
            Assert.Matches($"^The run stopped after round [0-9]+ of {Rounds}\\. ", locked.Error);
            Assert.EndsWith($"{Locked("a")} Then go on: sheaf run --resume --output {_folder.In("a")}\n", locked.Error);
        }

        var resumed = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("a"));
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(whole.RepeatableRounds, SheafRun.RepeatableRounds(_folder.In("a")));
    }

    [SkippableFact]
    public async Task Run_NoSpaceForTheDatabase_StopsWithTheReasonAndCanBeResumed()
    {
        Skip.If(OperatingSystem.IsWindows(), "A limit on the size of files needs a Unix shell.");

        // The log of the database alone outgrows this within a few rounds.
        var limited = await SheafProcess.WithFileLimitAsync(1024, "run", whole.Study, "--output", _folder.In("a"));
        var resumed = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("a"));

        Assert.Equal(1, limited.ExitCode);
        Assert.Contains($"The database '{_folder.In("a/cluster.db")}' cannot be ", limited.Error, StringComparison.Ordinal);
        Assert.EndsWith($" Then go on: sheaf run --resume --output {_folder.In("a")}\n", limited.Error);
        Assert.Single(limited.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(whole.RepeatableRounds, SheafRun.RepeatableRounds(_folder.In("a")));
    }

    [SkippableFact]
    public async Task Run_FullDisk_StopsWithTheReasonAndCanBeResumed()
    {
        using var disk = SmallDisk.Mount(_folder.In("disk"), mebibytes: 2);
        var output = _folder.In("disk/a");

        var full = await SheafProcess.InvokeAsync("run", whole.Study, "--output", output);
        disk.Enlarge(mebibytes: 200);
        var resumed = await SheafRun.InvokeAsync("run", "--resume", "--output", output);

        Assert.Equal(1, full.ExitCode);
        Assert.Matches("(the disk is full\\. Free space there\\.|No space left on device)", full.Error);
        Assert.EndsWith($"o on: sheaf run --resume --output {output}\n", full.Error);
        Assert.Single(full.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(whole.RepeatableRounds, SheafRun.RepeatableRounds(output));
        SqliteConnection.ClearAllPools();
    }

    private string Locked(string run) => $"The database '{_folder.In($"{run}/cluster.db")}' is locked: another program has held it for 5 seconds or longer. "
        + "End that program, for example a database browser or a backup.";

    private SqliteConnection Open(string run)
    {
        var connection = new SqliteConnection($"Data Source={_folder.In($"{run}/cluster.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Takes the lock of a run's database once the run has a round, and before it has all.</summary>
    private async Task<SqliteConnection> HoldAsync(string run)
    {
        while (!File.Exists(_folder.In($"{run}/rounds.jsonl")))
        {
            await Task.Yield();
        }

        var other = Open(run);
        using var hold = other.CreateCommand();
        hold.CommandText = "BEGIN EXCLUSIVE;";
        hold.ExecuteNonQuery();
        return other;
    }

    private void Execute(string run, string sql) => Query(run, sql);

    private object? Query(string run, string sql)
    {
        SqliteConnection.ClearAllPools();
        using var connection = Open(run);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>A run that was left alone.</summary>
    public sealed class FinishedRun : IAsyncLifetime, IDisposable
    {
        private readonly TempFolder _folder = new();

        public string Study { get; private set; } = "";

        public string[] RepeatableRounds { get; private set; } = [];

        public async Task InitializeAsync()
        {
            Study = _folder.Write("study.json", SheafRun.SmallStudy.Replace("\"rounds\": 3", $"\"rounds\": {Rounds}", StringComparison.Ordinal));
            var run = await SheafRun.InvokeAsync("run", Study, "--output", _folder.In("whole"));
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            RepeatableRounds = SheafRun.RepeatableRounds(_folder.In("whole"));
            // What SQLite holds open belongs to the copies, too.
            SqliteConnection.ClearAllPools();
        }

        public void CopyTo(string folder)
        {
            Directory.CreateDirectory(folder);
            foreach (var file in Directory.EnumerateFiles(_folder.In("whole")))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _folder.Dispose();
    }
}

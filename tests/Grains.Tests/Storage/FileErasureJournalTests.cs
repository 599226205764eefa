using Sheaf.Abstractions;
using Sheaf.Abstractions.Devices;
using Sheaf.Client.Tests.Running;
using Sheaf.Grains.Erasures;
using Sheaf.Silo.Storage;

namespace Sheaf.Grains.Tests.Storage;

/// <summary>The journal of erasures in a file.</summary>
public sealed class FileErasureJournalTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-journal-");

    private string File => Path.Combine(_folder.FullName, "erasures.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Append_ThenReadByAnother_GivesWhatWasAppended()
    {
        Erasure[] erasures =
        [
            Of(EraseSpec.All) with { IsWithdrawal = true },
            Of(new EraseSpec(From: At, Until: At.AddDays(1))),
            Of(new EraseSpec(Label: "a \"label\"\n\u2028{with} odd ü \0 characters")),
            Of(new EraseSpec(Label: "")),
            Of(new EraseSpec(Ids: [3, long.MaxValue])) with { DeviceId = "a/device\r\n'\"" },
        ];
        var journal = new FileErasureJournal(File);
        foreach (var (at, erasure) in erasures.Index())
        {
            Assert.Equal(at + 1, await journal.AppendAsync(erasure, 0));
        }

        var other = new FileErasureJournal(File);
        Assert.Equal(erasures.Index().Select(each => new JournaledErasure(each.Index + 1, each.Item)), await other.ReadAsync(0));
        Assert.Equal([4, 5], (await other.ReadAsync(3)).Select(each => each.Number));
        Assert.Empty(await other.ReadAsync(5));
    }

    [Fact]
    public async Task Append_ByTwoOneAfterTheOther_GivesEveryNumberOnce()
    {
        var (one, two) = (new FileErasureJournal(File), new FileErasureJournal(File));
        var numbers = new List<long>();
        for (var turn = 0; turn < 4; turn++)
        {
            numbers.Add(await one.AppendAsync(Of(EraseSpec.All), 0));
            numbers.Add(await two.AppendAsync(Of(EraseSpec.All), 0));
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], numbers);
        Assert.Equal(numbers, (await one.ReadAsync(0)).Select(each => each.Number));
    }

    [Fact]
    public async Task Append_ToAJournalThatIsShorterThanWhatIsApplied_GoesOnAfterThat()
    {
        var journal = new FileErasureJournal(File);
        Assert.Equal(8, await journal.AppendAsync(Of(EraseSpec.All), 7));
        Assert.Equal(9, await journal.AppendAsync(Of(EraseSpec.All), 7));
        Assert.Equal([8, 9], (await new FileErasureJournal(File).ReadAsync(7)).Select(each => each.Number));
    }

    [Theory]
    [InlineData("{\"number\":3,\"popul")]
    [InlineData("{\"number\":3}")]
    public async Task Read_LastLineTorn_DropsItAndTheNextTakesItsPlace(string torn)
    {
        var journal = new FileErasureJournal(File);
        await journal.AppendAsync(Of(EraseSpec.All), 0);
        await journal.AppendAsync(Of(EraseSpec.All), 0);
        System.IO.File.AppendAllText(File, torn);

        Assert.Equal([1, 2], (await new FileErasureJournal(File).ReadAsync(0)).Select(each => each.Number));
        Assert.Equal(3, await journal.AppendAsync(Of(new EraseSpec(Label: "x")), 0));
        Assert.Equal("x", (await new FileErasureJournal(File).ReadAsync(2)).Single().Erasure.Scope.Label);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("{\"number\":1,\"population\":\"p\",\"device\":\"d\",\"upTo\":1,\"withdrawal\":false,\"at\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"number\":2,\"device\":\"d\",\"upTo\":1}")]
    public async Task Read_DamagedLine_IsRefusedWithItsPlaceAndTheRemedy(string damaged)
    {
        await new FileErasureJournal(File).AppendAsync(Of(EraseSpec.All), 0);
        System.IO.File.AppendAllText(File, damaged + "\n");
        var message = $"Line 2 of the journal of erasures '{File}' is damaged. Restore it from a copy: without it, what was erased could come back.";

        var read = await Assert.ThrowsAsync<StorageFailedException>(async () => await new FileErasureJournal(File).ReadAsync(0));
        var appended = await Assert.ThrowsAsync<StorageFailedException>(async () => await new FileErasureJournal(File).AppendAsync(Of(EraseSpec.All), 0));

        Assert.Equal((message, false), (read.Message, read.IsPassing));
        Assert.Equal(message, appended.Message);
    }

    [Fact]
    public async Task Append_FileThatCannotBeWritten_SaysSoAndGoesOnWhenItCan()
    {
        Directory.CreateDirectory(File);
        var journal = new FileErasureJournal(File);

        var failed = await Assert.ThrowsAsync<StorageFailedException>(async () => await journal.AppendAsync(Of(EraseSpec.All), 0));

        Assert.True(failed.IsPassing);
        Assert.StartsWith($"The journal of erasures '{File}' cannot be read or written: ", failed.Message, StringComparison.Ordinal);
        Assert.EndsWith(". Free space on its disk, or mend its permissions, and try again.", failed.Message, StringComparison.Ordinal);
        Directory.Delete(File);
        Assert.Equal(1, await journal.AppendAsync(Of(EraseSpec.All), 0));
    }

    [SkippableFact]
    public async Task Append_DiskIsFull_SaysSoAndGoesOnWhenThereIsSpace()
    {
        using var disk = SmallDisk.Mount(_folder.FullName, mebibytes: 1);
        var journal = new FileErasureJournal(File);
        await journal.AppendAsync(Of(EraseSpec.All), 0);
        disk.Fill("ballast");

        var erasure = Of(new EraseSpec(Label: new string('x', 100_000)));
        var failed = await Assert.ThrowsAsync<StorageFailedException>(async () => await journal.AppendAsync(erasure, 0));
        disk.Enlarge(mebibytes: 2);

        Assert.True(failed.IsPassing);
        Assert.EndsWith(" Free space on its disk, or mend its permissions, and try again.", failed.Message, StringComparison.Ordinal);
        // What was written of it before the disk was full is no line, and nobody takes it for one.
        Assert.Equal([1], (await new FileErasureJournal(File).ReadAsync(0)).Select(each => each.Number));
        Assert.Equal(2, await journal.AppendAsync(Of(EraseSpec.All), 0));
        Assert.Equal([1, 2], (await new FileErasureJournal(File).ReadAsync(0)).Select(each => each.Number));
    }

    [Fact]
    public async Task Append_ByTwoAtOnce_GivesEveryNumberOnce()
    {
        const int Each = 50;
        FileErasureJournal[] journals = [new(File), new(File)];

        var numbers = await Task.WhenAll(journals.Select(journal => Task.Run(async () =>
        {
            var given = new List<long>();
            for (var i = 0; i < Each; i++)
            {
                given.Add(await journal.AppendAsync(Of(EraseSpec.All), 0));
            }

            return given;
        })));

        Assert.Equal(Enumerable.Range(1, 2 * Each).Select(number => (long)number), numbers.SelectMany(given => given).Order());
        Assert.Equal(2 * Each, (await new FileErasureJournal(File).ReadAsync(0)).Count);
    }

    [Fact]
    public async Task Append_FileThatAnotherHolds_SaysSoAndGoesOnWhenItIsFree()
    {
        var journal = new FileErasureJournal(File, TimeSpan.FromMilliseconds(30));
        using (new FileStream(File, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            var failed = await Assert.ThrowsAsync<StorageFailedException>(async () => await journal.AppendAsync(Of(EraseSpec.All), 0));

            Assert.True(failed.IsPassing);
            Assert.Equal(
                $"The journal of erasures '{File}' is held by another program, and was for 0.03 seconds. Stop the other silo that runs on this folder, or end the program, and try again.",
                failed.Message);
        }

        Assert.Equal(1, await journal.AppendAsync(Of(EraseSpec.All), 0));
    }

    private static Erasure Of(EraseSpec scope) => new("population", "ann", scope, 41, IsWithdrawal: false, At);
}

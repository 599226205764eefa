using Sheaf.Client.Data;

namespace Sheaf.Client.Tests.Data;

/// <summary>Runs alone: what other tests hold at the same time would be counted.</summary>
[CollectionDefinition(nameof(DataMemoryTests), DisableParallelization = true)]
[Collection(nameof(DataMemoryTests))]
public sealed class DataMemoryTests : IDisposable
{
    private const int Rows = 400_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("large.csv", "device,time,text,label\n", "{0},{1},\"{2}\",{3}\n")]
    [InlineData("large.jsonl", "", "{{\"device\":\"{0}\",\"time\":{1},\"text\":\"{2}\",\"label\":\"{3}\"}}\n")]
    public void Rows_LargeFile_IsReadInBoundedMemory(string name, string header, string format)
    {
        var path = WriteLarge(name, header, System.Text.CompositeFormat.Parse(format));

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (count, peak) = (0, 0L);
        foreach (var _ in DataFile.Open(path, DataFormat.Auto, new DataColumns()).Rows())
        {
            if (++count % (Rows / 4) == 0)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(Rows, count);
        Assert.True(new FileInfo(path).Length > 40_000_000);
        Assert.True(peak < 4_000_000, $"{peak} bytes");
    }

    private string WriteLarge(string name, string header, System.Text.CompositeFormat format)
    {
        using var writer = new StreamWriter(_folder.In(name));
        writer.Write(header);
        var text = new string('x', 100);
        for (var i = 0; i < Rows; i++)
        {
            writer.Write(string.Format(null, format, i % 100, i, text, i % 3));
        }

        return _folder.In(name);
    }
}

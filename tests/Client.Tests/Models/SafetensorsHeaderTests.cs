using System.Text;
using Sheaf.Abstractions.Models;
using Sheaf.Client.Models;

namespace Sheaf.Client.Tests.Models;

public sealed class SafetensorsHeaderTests
{
    [Fact]
    public void Write_TwoTensors_IsWhatTheFormatSays()
    {
        var header = SafetensorsHeader.Write([new ModelTensor("w", [2, 3]), new ModelTensor("b", [3])], new Dictionary<string, string> { ["z"] = "1", ["a"] = "ü" });

        const string json = """{"__metadata__":{"a":"\u00FC","z":"1"},"b":{"dtype":"F32","shape":[3],"data_offsets":[24,36]},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""";
        Assert.Equal(0, header.Length % 8);
        Assert.Equal([(byte)(header.Length - 8), 0, 0, 0, 0, 0, 0, 0], header[..8]);
        Assert.Equal(json.PadRight(header.Length - 8), Encoding.UTF8.GetString(header[8..]));
        Assert.InRange(header.Length - 8 - json.Length, 0, 7);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Write_NamesOfAnyLength_IsAlignedAndReadBack(int length)
    {
        var name = new string('n', length);
        var header = SafetensorsHeader.Write([new ModelTensor(name, [1])], new Dictionary<string, string>());

        var read = SafetensorsReader.Read([.. header, .. BitConverter.GetBytes(-0.5f)]);

        Assert.Equal(0, header.Length % 8);
        Assert.Equal([-0.5f], read.Tensors[name].Values);
    }
}

using System.Buffers.Binary;
using System.Text.Json;

namespace Sheaf.Client.Tests.Models;

/// <summary>
/// Reads the tensors of a safetensors file as strictly as its specification is written (https://huggingface.co/docs/safetensors, "Format"), and shares
/// nothing with what writes them.
/// </summary>
/// <param name="Metadata">The free text of the header.</param>
/// <param name="Tensors">The tensors, by name.</param>
internal sealed record SafetensorsReader(
    IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, (long[] Shape, float[] Values)> Tensors)
{
    // The reference implementation refuses larger headers.
    private const ulong HeaderBytesMax = 100_000_000;

    public static SafetensorsReader Read(byte[] file)
    {
        Assert.True(file.Length >= 8);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.InRange(length, 2UL, Math.Min(HeaderBytesMax, (ulong)file.Length - 8));
        Assert.Equal((byte)'{', file[8]);
        // Duplicate names and comments are not JSON of this format; spaces after the object are.
        using var header = JsonDocument.Parse(file.AsMemory(8, (int)length), new JsonDocumentOptions { AllowDuplicateProperties = false });
        var buffer = file.AsMemory(8 + (int)length);
        var (metadata, tensors) = (new Dictionary<string, string>(), new Dictionary<string, (long[], float[])>());
        var places = new List<(long Start, long End)>();
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                metadata = entry.Value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!);
                continue;
            }

            var (shape, start, end) = PlaceOf(entry.Value);
            places.Add((start, end));
            tensors.Add(entry.Name, (shape, ValuesOf(buffer.Span[(int)start..(int)end])));
        }

        EnsureWithoutHoles(places, buffer.Length);
        return new SafetensorsReader(metadata, tensors);
    }

    private static (long[] Shape, long Start, long End) PlaceOf(JsonElement tensor)
    {
        Assert.Equal(["data_offsets", "dtype", "shape"], tensor.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal("F32", tensor.GetProperty("dtype").GetString());
        long[] shape = [.. tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long[] offsets = [.. tensor.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        Assert.Equal(2, offsets.Length);
        Assert.All(shape, size => Assert.True(size >= 0));
        Assert.Equal(shape.Aggregate(4L, (bytes, size) => bytes * size), offsets[1] - offsets[0]);
        return (shape, offsets[0], offsets[1]);
    }

    private static float[] ValuesOf(ReadOnlySpan<byte> bytes)
    {
        var values = new float[bytes.Length / 4];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
        }

        return values;
    }

    private static void EnsureWithoutHoles(List<(long Start, long End)> places, long length)
    {
        var reached = 0L;
        foreach (var (start, end) in places.Order())
        {
            Assert.Equal(reached, start);
            reached = end;
        }

        Assert.Equal(reached, length);
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Sheaf.Abstractions.Models;

namespace Sheaf.Client.Models;

/// <summary>
/// What a safetensors file begins with (https://huggingface.co/docs/safetensors, "Format"): the length of a JSON object as 8 bytes, little-endian,
/// and the object, which says where each tensor's values are in the bytes that follow it.
/// </summary>
internal static class SafetensorsHeader
{
    private const int Alignment = 8;

    /// <summary>Writes the header of tensors of single-precision values that follow one another without a gap.</summary>
    /// <param name="tensors">The tensors, in the order of their values.</param>
    /// <param name="metadata">What else is to be known of them.</param>
    /// <returns>All bytes before the first value; a multiple of 8 of them, so that values stay aligned in memory that the file is mapped to.</returns>
    public static byte[] Write(ImmutableArray<ModelTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            WriteMetadata(writer, metadata);
            foreach (var (tensor, start, end) in Places(tensors).OrderBy(place => place.Tensor.Name, StringComparer.Ordinal))
            {
                WriteTensor(writer, tensor, start, end);
            }

            writer.WriteEndObject();
        }

        var length = (json.WrittenCount + Alignment - 1) / Alignment * Alignment;
        var header = new byte[sizeof(long) + length];
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        json.WrittenSpan.CopyTo(header.AsSpan(sizeof(long)));
        header.AsSpan(sizeof(long) + json.WrittenCount).Fill((byte)' ');
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> metadata)
    {
        writer.WriteStartObject("__metadata__");
        foreach (var (name, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter writer, ModelTensor tensor, long start, long end)
    {
        writer.WriteStartObject(tensor.Name);
        writer.WriteString("dtype", "F32");
        WriteNumbers(writer, "shape", tensor.Shape.AsSpan());
        WriteNumbers(writer, "data_offsets", [start, end]);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, ReadOnlySpan<long> numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private static IEnumerable<(ModelTensor Tensor, long Start, long End)> Places(ImmutableArray<ModelTensor> tensors)
    {
        var start = 0L;
        foreach (var tensor in tensors)
        {
            var end = start + (sizeof(float) * tensor.Shape.Aggregate(1L, (count, size) => checked(count * size)));
            yield return (tensor, start, end);
            start = end;
        }
    }
}

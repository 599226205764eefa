using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sheaf.Learning.Optimizers;

/// <summary>Turns vectors into bytes and names them by content.</summary>
/// <remarks>Little-endian IEEE 754 singles, nothing else: the hash of a checkpoint is the SHA-256 of its values.</remarks>
public static class Checkpoint
{
    /// <summary>Writes values as bytes.</summary>
    /// <param name="values">The values.</param>
    /// <returns>Four bytes a value.</returns>
    public static byte[] Encode(ReadOnlySpan<float> values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(values).CopyTo(bytes);
            return bytes;
        }

        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return bytes;
    }

    /// <summary>Reads values back.</summary>
    /// <param name="bytes">What <see cref="Encode"/> wrote.</param>
    /// <returns>The values.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of four.</exception>
    public static float[] Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % sizeof(float) != 0)
        {
            throw new ArgumentException($"A checkpoint of {bytes.Length} bytes is cut off: its length must be a multiple of 4.", nameof(bytes));
        }

        var values = new float[bytes.Length / sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        }

        return values;
    }

    /// <summary>The characters of a name that <see cref="HashOf"/> gives.</summary>
    public const int HashLength = 64;

    /// <summary>Names bytes by their content.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The SHA-256, 64 lower-case hexadecimal digits.</returns>
    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Packs an optimizer's moments and step into one vector of bytes.</summary>
    /// <param name="state">The state.</param>
    /// <returns>Eight bytes of step, then the moments one after another.</returns>
    public static byte[] EncodeMoments(ServerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var bytes = new List<byte>(sizeof(long) + (state.Moments.Length * state.Parameters.Length * sizeof(float)));
        Span<byte> step = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(step, state.Step);
        bytes.AddRange(step);
        foreach (var moment in state.Moments)
        {
            bytes.AddRange(Encode(moment));
        }

        return [.. bytes];
    }

    /// <summary>Puts a state together again.</summary>
    /// <param name="parameters">The checkpoint, kept, not copied.</param>
    /// <param name="moments">What <see cref="EncodeMoments"/> wrote.</param>
    /// <returns>The state.</returns>
    /// <exception cref="ArgumentException">The moments are not of this checkpoint's length, or it is empty.</exception>
    public static ServerState DecodeState(float[] parameters, ReadOnlySpan<byte> moments)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var momentBytes = parameters.Length * sizeof(float);
        if (momentBytes == 0 || moments.Length < sizeof(long) || (moments.Length - sizeof(long)) % momentBytes != 0)
        {
            throw new ArgumentException($"Moments of {moments.Length} bytes do not belong to a checkpoint of {parameters.Length} values.", nameof(moments));
        }

        var vectors = ImmutableArray.CreateBuilder<float[]>();
        for (var offset = sizeof(long); offset < moments.Length; offset += momentBytes)
        {
            vectors.Add(Decode(moments.Slice(offset, momentBytes)));
        }

        return new ServerState(parameters, vectors.ToImmutable(), BinaryPrimitives.ReadInt64LittleEndian(moments));
    }
}

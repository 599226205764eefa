using System.Buffers.Binary;
using System.Text;

namespace Sheaf.Grains.Tests.Security;

/// <summary>What a client of Orleans 10.4 sends, as far as the gateway looks at it.</summary>
internal static class Frames
{
    public static byte[] Of(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Preamble(int length = 50) => [.. Number(length), .. Enumerable.Repeat((byte)7, length)];

    /// <summary>A message whose header and body end with bytes that do not matter.</summary>
    public static byte[] Message(string senderType, string senderKey, int bodyLength = 20, int kind = 1)
    {
        byte[] header = [.. Number((0x5 << 24) | (kind << 16) | 0x21), .. new byte[8], .. Span(senderType), .. Span(senderKey), .. Enumerable.Repeat((byte)9, 40)];
        return [.. Number(header.Length), .. Number(bodyLength), .. header, .. Enumerable.Repeat((byte)3, bodyLength)];
    }

    public static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static byte[] Span(string text) => [(byte)((2 * text.Length) + 1), 1, 2, 3, 4, .. Encoding.UTF8.GetBytes(text)];
}

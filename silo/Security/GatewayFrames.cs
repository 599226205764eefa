using System.Buffers.Binary;

namespace Sheaf.Silo.Security;

/// <summary>
/// Follows the bytes that a client sends and throws when one of its messages names another sender than a client, or is an answer. Orleans believes the sender that a
/// message names, on the gateway too: without this, whoever has a client's certificate could speak as a grain, which needs no role. And it gives an answer to whichever
/// call has its number: without this, a client could answer what one silo asks another. Nobody calls Sheaf's clients, so that they have nothing to answer.
/// </summary>
/// <remarks>
/// What a message looks like is Orleans' own affair and may change with its version; then this throws at the first message of an honest client, so that nobody gets
/// in unseen. A preamble: its length in 4 bytes, at most 1,024, and that many bytes. Then messages: the lengths of header and body in 4 bytes each; the header begins with
/// 4 bytes of flags, whose bits 16 to 19 say what kind of message it is, 8 of a number, and the sender as type and key, each one byte of 2·length+1, 4 of a hash, and the characters.
/// </remarks>
internal sealed class GatewayFrames
{
    private const int PreambleBytesMax = 1024;
    private const int SenderAt = 12;
    private const int HashBytes = 4;
    private const int FlagsAt = 8;
    private const int KindShift = 16;
    private const int KindMask = 0xF;
    private const int Request = 1;
    private const int OneWay = 3;

    private readonly byte[] _seen = new byte[8 + SenderAt + 1 + HashBytes + ClientType.Length + 1 + HashBytes + SiloKey.Length];
    private State _state = State.PreambleLength;
    private int _seenBytes;
    private long _skip;

    private enum State
    {
        PreambleLength,
        Lengths,
        Sender,
    }

    private static ReadOnlySpan<byte> ClientType => "sys.client"u8;

    // How the key of a silo's own client begins, which may do what grains may.
    private static ReadOnlySpan<byte> SiloKey => "hosted-"u8;

    /// <summary>Follows the next bytes. To be called before anybody acts on them.</summary>
    /// <param name="bytes">They are left as they are.</param>
    /// <exception cref="ForgedSenderException">A message in them is not a client's.</exception>
    public void Pass(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            var taken = Math.Min(Wanted - _seenBytes, bytes.Length);
            bytes[..taken].CopyTo(_seen.AsSpan(_seenBytes));
            _seenBytes += taken;
            bytes = bytes[taken..];
            if (_seenBytes == Wanted)
            {
                Look();
            }
        }
    }

    private int Wanted => _state switch
    {
        State.PreambleLength => 4,
        State.Lengths => 8,
        _ => _seen.Length,
    };

    private void Look()
    {
        switch (_state)
        {
            case State.PreambleLength:
                _skip = Within(Number(0), 1, PreambleBytesMax);
                (_state, _seenBytes) = (State.Lengths, 0);
                break;
            case State.Lengths:
                _ = Within(Number(0), _seen.Length - 8, int.MaxValue);
                _ = Within(Number(4), 0, int.MaxValue);
                _state = State.Sender;
                break;
            default:
                CheckKind((Number(FlagsAt) >> KindShift) & KindMask);
                CheckSender(_seen.AsSpan(8 + SenderAt));
                _skip = (long)Number(0) + Number(4) - (_seen.Length - 8);
                (_state, _seenBytes) = (State.Lengths, 0);
                break;
        }
    }

    private static void CheckKind(int kind)
    {
        if (kind is not (Request or OneWay))
        {
            throw new ForgedSenderException("a message is no call");
        }
    }

    private static void CheckSender(ReadOnlySpan<byte> sender)
    {
        var key = sender[(1 + HashBytes + ClientType.Length)..];
        var isClient = sender[0] == (2 * ClientType.Length) + 1 && sender.Slice(1 + HashBytes, ClientType.Length).SequenceEqual(ClientType);
        // An odd byte is the whole of a length; a longer one than that no client has.
        var isShortKey = (key[0] & 1) == 1 && key[0] >> 1 >= SiloKey.Length;
        if (!isClient || !isShortKey || key[(1 + HashBytes)..].SequenceEqual(SiloKey))
        {
            throw new ForgedSenderException("a message does not name a client as its sender");
        }
    }

    private int Number(int at) => BinaryPrimitives.ReadInt32LittleEndian(_seen.AsSpan(at));

    private static int Within(int number, int min, int max) => number >= min && number <= max
        ? number
        : throw new ForgedSenderException("a message has a length that none can have");
}

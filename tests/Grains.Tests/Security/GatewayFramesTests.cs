using Sheaf.Silo.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>The gateway lets clients speak for themselves alone.</summary>
public sealed class GatewayFramesTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static readonly byte[] Honest = Frames.Of(
        Frames.Preamble(), Frames.Message("sys.client", Key), Frames.Message("sys.client", Key + "+" + Key, bodyLength: 0), Frames.Message("sys.client", "0123456", 3000, kind: 3));

    [Fact]
    public void Pass_HonestClientInPiecesOfAnyLength_PassesIt()
    {
        for (var piece = 1; piece <= Honest.Length; piece++)
        {
            Assert.Equal(Honest.Length, Pass(Honest, piece));
        }
    }

    [Theory]
    [InlineData("device", "tiny/d1")]
    [InlineData("sys.svc.catalog", Key)]
    [InlineData("sys.clienta", Key)]
    [InlineData("sys.clienu", Key)]
    [InlineData("sys.client", "hosted-127.0.0.1:11111@1")]
    [InlineData("sys.client", "hosted")]
    [InlineData("", "")]
    public void Pass_ForgedSenderAfterHonestOnes_ThrowsBeforeItsLastByte(string type, string key)
    {
        byte[] sent = [.. Honest, .. Frames.Message(type, key)];

        for (var piece = 1; piece <= sent.Length; piece++)
        {
            Assert.Throws<ForgedSenderException>(() => Pass(sent[..^1], piece));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(15)]
    public void Pass_ClientSendsNoCall_Throws(int kind) => Assert.Throws<ForgedSenderException>(() =>
        new GatewayFrames().Pass(Frames.Of(Frames.Preamble(), Frames.Message("sys.client", Key, kind: kind))));

    [Fact]
    public void Kinds_OfOrleans_AreThoseThatAreLookedFor()
    {
        // The layout is nowhere promised: this fails with the version of Orleans that changes it.
        var message = typeof(IGrain).Assembly.GetType("Orleans.Runtime.Message") ?? typeof(IClusterClient).Assembly.GetType("Orleans.Runtime.Message")!;
        var packed = message.GetNestedType("PackedHeaders", System.Reflection.BindingFlags.NonPublic)!;
        var kinds = message.GetNestedType("Directions", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public)!;
        foreach (var (name, kind) in new[] { ("Request", 1u), ("Response", 2u), ("OneWay", 3u) })
        {
            var headers = Activator.CreateInstance(packed)!;
            packed.GetProperty("Direction")!.SetValue(headers, Enum.Parse(kinds, name));
            var bits = packed.GetMethods().Single(method => method.Name == "op_Implicit" && method.ReturnType == typeof(uint)).Invoke(null, [headers]);
            Assert.Equal(kind << 16, bits);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    public void Pass_PreambleOfNoPossibleLength_Throws(int length) =>
        Assert.Throws<ForgedSenderException>(() => new GatewayFrames().Pass(Frames.Number(length)));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(10, 0)]
    [InlineData(100, -1)]
    public void Pass_MessageOfNoPossibleLength_Throws(int header, int body) => Assert.Throws<ForgedSenderException>(() =>
        new GatewayFrames().Pass(Frames.Of(Frames.Preamble(), Frames.Number(header), Frames.Number(body))));

    [Fact]
    public void Pass_LongKeyInTwoBytes_Throws()
    {
        var message = Frames.Message("sys.client", Key);
        // The key's length, written as one that goes on in the next byte.
        message[8 + 12 + 1 + 4 + "sys.client".Length] = 2;

        Assert.Throws<ForgedSenderException>(() => new GatewayFrames().Pass(Frames.Of(Frames.Preamble(), message)));
    }

    private static int Pass(byte[] bytes, int piece)
    {
        var frames = new GatewayFrames();
        for (var at = 0; at < bytes.Length; at += piece)
        {
            frames.Pass(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        }

        return bytes.Length;
    }
}

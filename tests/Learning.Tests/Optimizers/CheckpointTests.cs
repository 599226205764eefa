using CsCheck;
using Sheaf.Learning.Optimizers;

namespace Sheaf.Learning.Tests.Optimizers;

public sealed class CheckpointTests
{
    [Fact]
    public void Encode_KnownValues_GivesLittleEndianSingles() =>
        // 1 is sign 0, exponent 127, fraction 0: 0x3f800000. −2.5 = −1.25·2¹: 0xc0200000.
        Assert.Equal([0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x20, 0xc0], Checkpoint.Encode([1, -2.5f]));

    [Fact]
    public void Decode_WhatEncodeWrote_GivesTheSameBits() =>
        Gen.UInt.Array[0, 70].Select(bits => Array.ConvertAll(bits, BitConverter.UInt32BitsToSingle)).Sample(values =>
            Assert.Equal(Bits(values), Bits(Checkpoint.Decode(Checkpoint.Encode(values)))));

    [Theory]
    [InlineData(0x7fc0_0001u)]
    [InlineData(0xffc1_2345u)]
    [InlineData(0x8000_0000u)]
    [InlineData(0x0000_0001u)]
    [InlineData(0x7f80_0000u)]
    public void Decode_NaNsZerosAndInfinities_KeepEveryBit(uint bits) =>
        Assert.Equal([bits], Bits(Checkpoint.Decode(Checkpoint.Encode([BitConverter.UInt32BitsToSingle(bits)]))));

    [Fact]
    public void Decode_Nothing_GivesNothing() => Assert.Empty(Checkpoint.Decode(Checkpoint.Encode([])));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Decode_CutOffBytes_SaysSo(int length)
    {
        var error = Assert.Throws<ArgumentException>(() => Checkpoint.Decode(new byte[length]));

        Assert.StartsWith(
            $"A checkpoint of {length} bytes is cut off: its length must be a multiple of 4.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HashOf_KnownCheckpoints_AreTheirSha256()
    {
        // printf '\x00\x00\x80\x3f\x00\x00\x20\xc0' | sha256sum
        Assert.Equal("48943f7a0ea247f8e3c9386d0c5822fe181d323a9289980426638cc4e72a43e1", Checkpoint.HashOf(Checkpoint.Encode([1, -2.5f])));
        // printf '' | sha256sum
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Checkpoint.HashOf(Checkpoint.Encode([])));
    }

    [Fact]
    public void EncodeMoments_KnownState_IsTheStepAndThenTheMoments() => Assert.Equal(
        [
            0x03, 0x01, 0, 0, 0, 0, 0, 0,
            0, 0, 0x80, 0x3f, 0, 0, 0, 0x40,
            0, 0, 0x20, 0xc0, 0, 0, 0, 0x3f,
        ],
        Checkpoint.EncodeMoments(new ServerState([0, 0], [[1, 2], [-2.5f, 0.5f]], 0x103)));

    [Fact]
    public void DecodeState_WhatEncodeMomentsWrote_GivesTheSameState() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 3], Gen.Long, Gen.UInt).Sample((length, moments, step, bits) =>
        {
            var vectors = Enumerable.Range(0, moments + 1).Select(vector => Enumerable.Range(0, length)
                .Select(i => BitConverter.UInt32BitsToSingle(bits + (uint)((vector * 7919) + (i * 104729)))).ToArray()).ToArray();
            var state = new ServerState(vectors[0], [.. vectors[1..]], step);

            var again = Checkpoint.DecodeState(state.Parameters, Checkpoint.EncodeMoments(state));

            Assert.Same(state.Parameters, again.Parameters);
            Assert.Equal(state.Step, again.Step);
            Assert.Equal(state.Moments.Select(Bits), again.Moments.Select(Bits));
        });

    [Theory]
    [InlineData(2, 7)]
    [InlineData(2, 12)]
    [InlineData(2, 20)]
    [InlineData(2, 0)]
    [InlineData(0, 8)]
    public void DecodeState_MomentsOfAnotherCheckpoint_SaysSo(int parameters, int bytes)
    {
        var error = Assert.Throws<ArgumentException>(() => Checkpoint.DecodeState(new float[parameters], new byte[bytes]));

        Assert.StartsWith(
            $"Moments of {bytes} bytes do not belong to a checkpoint of {parameters} values.", error.Message, StringComparison.Ordinal);
    }

    private static uint[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToUInt32Bits);
}

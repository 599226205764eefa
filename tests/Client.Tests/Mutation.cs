using Sheaf.Learning.Randomness;

namespace Sheaf.Client.Tests;

/// <summary>Damages bytes at random, a pure function of its key.</summary>
internal static class Mutation
{
    /// <summary>Makes 1 to 4 changes: a byte replaced, a run deleted, repeated or replaced by a fragment.</summary>
    public static byte[] Of(byte[] original, ulong key, byte[][] fragments)
    {
        var random = new PrfSequence(Prf.Mix(key));
        var bytes = original.ToList();
        for (var left = 1 + random.NextInt32(4); left > 0 && bytes.Count > 0; left--)
        {
            var start = random.NextInt32(bytes.Count);
            var length = Math.Min(1 + random.NextInt32(12), bytes.Count - start);
            switch (random.NextInt32(4))
            {
                case 0:
                    bytes[start] = (byte)random.NextInt32(256);
                    break;
                case 1:
                    bytes.RemoveRange(start, length);
                    break;
                case 2:
                    bytes.InsertRange(start, bytes.GetRange(start, length));
                    break;
                default:
                    bytes.RemoveRange(start, length);
                    bytes.InsertRange(start, fragments[random.NextInt32(fragments.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }
}

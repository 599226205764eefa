using System.Text;

namespace Sheaf.Client.Tests;

/// <summary>Tries many damaged inputs, in parallel; the first that fails, or takes too long, is told with all that is needed to try it again.</summary>
internal static class Fuzzing
{
    // A case takes under a millisecond; the bound leaves room for a machine with other work.
    private static readonly TimeSpan CaseMax = TimeSpan.FromSeconds(20);

    /// <summary>Tries cases.</summary>
    /// <param name="cases">How many.</param>
    /// <param name="damaged">Makes the input of a case, a pure function of its number.</param>
    /// <param name="holds">Tries an input; throws when something is wrong.</param>
    /// <returns>For how many inputs <paramref name="holds"/> said true.</returns>
    public static async Task<int> CountAsync(int cases, Func<ulong, byte[]> damaged, Func<byte[], bool> holds)
    {
        var count = 0;
        await Parallel.ForAsync(0, cases, async (seed, _) =>
        {
            var input = damaged((ulong)seed);
            try
            {
                // On a thread of its own accord, so that a case that hangs is told and does not hang the test.
                var trying = Task.Run(() => holds(input), CancellationToken.None);
                if (await trying.WaitAsync(CaseMax, CancellationToken.None))
                {
                    Interlocked.Increment(ref count);
                }
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"Case {seed} failed after its input was damaged to (base64) {Convert.ToBase64String(input)}: {Encoding.UTF8.GetString(input)}", exception);
            }
        });
        return count;
    }
}

using Microsoft.Extensions.Time.Testing;
using Sheaf.Abstractions.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>A log that is not filled by whoever knocks often.</summary>
public sealed class LogPausesTests
{
    [Fact]
    public void IsDue_ManyOfAKind_AreToldOnceAMinuteWithTheirNumber()
    {
        var time = new FakeTimeProvider();
        var pauses = new LogPauses<string>(time);

        Assert.Equal((true, 1), (pauses.IsDue("name", out var first), first));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(pauses.IsDue("name", out _));
        }

        Assert.True(pauses.IsDue("timeout", out _));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((true, 11), (pauses.IsDue("name", out var later), later));
    }
}

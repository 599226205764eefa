using Microsoft.Extensions.DependencyInjection;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Security;
using Sheaf.Silo.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>A client with a valid certificate that may read, and that claims more in the context of its calls, which every client can fill.</summary>
[Collection(TlsTests.Name)]
public sealed class ForgedTokenTests(TlsFixture fixture)
{
    private readonly Signed _own = fixture.Clients.Client("read");

    [Fact]
    public async Task Call_WithTokensOfOthers_IsRefusedWhateverTheyClaim()
    {
        using var refused = new CountedRefusals(ClientCallFilter.CounterName);
        var claim = new Claim();
        using var client = TlsHosts.Client(
            _own.Trusting(fixture.Silos), fixture.GatewayPorts[0], configure: builder => builder.Services.AddSingleton<IOutgoingGrainCallFilter>(claim));
        await client.StartAsync();
        var population = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IPopulation>("forged");
        Assert.Null(await population.GetSpecAsync());
        var (now, victim, rogue) = (DateTimeOffset.UtcNow, fixture.Clients.Client("erase"), fixture.Rogue.Client("erase"));

        object[] forged =
        [
            "erase",
            new byte[] { 1, 2, 3 },
            Tokens.Of(victim, signer: _own, now),
            Tokens.Of(rogue, signer: rogue, now),
            Tokens.Of(victim, signer: victim, now - TimeSpan.FromMinutes(20)),
            Tokens.Of(victim, signer: victim, now, "another"),
        ];
        foreach (var token in forged)
        {
            claim.Token = token;
            Assert.Equal(AccessRole.None, (await Assert.ThrowsAsync<AccessDeniedException>(population.GetSpecAsync)).Required);
        }

        Assert.Equal(forged.Length, refused["unknown"]);
        await client.StopAsync();
    }

    /// <summary>Puts another token in the place of the client's own.</summary>
    private sealed class Claim : IOutgoingGrainCallFilter
    {
        public object? Token { get; set; }

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            if (Token is { } token)
            {
                RequestContext.Set(ClientToken.ContextKey, token);
            }

            return context.Invoke();
        }
    }
}

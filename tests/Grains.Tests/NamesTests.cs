using Sheaf.Abstractions.Naming;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

[Collection(Clusters.Name)]
public sealed class NamesTests(SharedClusters shared)
{
    public static TheoryData<string, string> Refused => new()
    {
        { "", "it is empty" },
        { new string('x', ClusterNames.LengthMax + 1), "it has 129 characters" },
        { "..", "it is a path" },
        { "../tasks", "it is a path" },
        { "a\\b", "it is a path" },
        { "red\u001b[31m", "it has characters that cannot be seen" },
        { "two\nlines", "it has characters that cannot be seen" },
        { "right\u202eleft", "it has characters that cannot be seen" },
        { " padded", "it has characters that cannot be seen" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Ensure_NameNobodyShouldShow_SaysWhatIsWrong(string name, string flaw) => Assert.Equal(
        $"That is no name for a task: {flaw}. Use 1 to 128 visible characters without slashes, such as letters, digits and dashes.",
        Assert.Throws<ArgumentException>(() => ClusterNames.Ensure("task", name)).Message);

    [Theory]
    [InlineData("voice-2026.11_a")]
    [InlineData("Müller & Söhne 東京")]
    [InlineData("<script>alert('x')<-script>")]
    public void Ensure_AnythingThatCanBeSeen_Passes(string name) => ClusterNames.Ensure("task", name);

    [Fact]
    public async Task StartAndRegister_UnseenCharacters_AreRefusedByTheCluster()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => shared.One.Population("red\u001b[31m").RegisterAsync(TinyStudy.Population()));
        await Assert.ThrowsAsync<ArgumentException>(() => shared.One.Coordinator("red\u001b[31m").StartAsync(TinyStudy.Task("fine", 1)));
        await Assert.ThrowsAsync<ArgumentException>(() => shared.One.Coordinator("fine").StartAsync(TinyStudy.Task("red\u001b[31m", 1)));
    }
}

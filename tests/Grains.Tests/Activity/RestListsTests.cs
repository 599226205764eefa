using Sheaf.Grains.Activity;

namespace Sheaf.Grains.Tests.Activity;

public sealed class RestListsTests
{
    [Fact]
    public void Of_TwoTasks_KnowsTheLatestListOfEach()
    {
        var lists = new RestLists();
        lists.Set("a", "a/1", ["x"]);
        lists.Set("b", "b/1", ["y"]);
        lists.Set("a", "a/2", ["x", "z"]);

        Assert.Equal(["x", "z"], lists.Of("a/2"));
        Assert.Equal(["y"], lists.Of("b/1"));
        Assert.Throws<InvalidOperationException>(() => lists.Of("a/1"));
    }

    [Fact]
    public void Of_UnknownList_AsksForIt()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new RestLists().Of("t/1/2"));

        Assert.Equal("The shard does not know the list 't/1/2' of devices to leave out: send it and draw again.", error.Message);
    }

    [Fact]
    public void Set_ManyTasks_ForgetsTheOldest()
    {
        var lists = new RestLists();
        for (var task = 0; task < 33; task++)
        {
            lists.Set($"{task}", $"{task}/1", []);
        }

        Assert.Empty(lists.Of("1/1"));
        Assert.Throws<InvalidOperationException>(() => lists.Of("0/1"));
    }
}

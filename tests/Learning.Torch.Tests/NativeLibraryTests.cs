using TorchSharp;

namespace Sheaf.Learning.Torch.Tests;

public sealed class NativeLibraryTests
{
    [Fact]
    public void Load_OnThisHost_ComputesWithTensors()
    {
        using var scope = torch.NewDisposeScope();
        var square = torch.tensor([1f, 2f, 3f, 4f]).reshape(2, 2);

        var product = square.mm(square);

        Assert.Equal([7f, 10f, 15f, 22f], product.data<float>().ToArray());
    }
}

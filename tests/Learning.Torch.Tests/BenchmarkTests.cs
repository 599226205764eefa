using System.Globalization;
using Sheaf.Learning.Torch.Benchmarks;

namespace Sheaf.Learning.Torch.Tests;

/// <summary>What <c>sheaf bench</c> measures is the work that it says.</summary>
public sealed class BenchmarkTests
{
    [Fact]
    public void Trainer_Measured_HasARateOfEachWayBesideBothLoops()
    {
        var tables = TrainerBenchmark.Run(rounds: 1).ToArray();

        Assert.Equal(2, tables.Length);
        Assert.All(tables, table =>
        {
            Assert.Equal(["plain loop, dense", "plain loop, touched rows", "trainer, D = 1", "trainer, D = 8", "trainer, D = 32", "trainer, D = 128"], table.Rows.Select(row => row[0]));
            Assert.All(table.Rows, row => Assert.True(double.Parse(row[1], NumberStyles.Number, CultureInfo.InvariantCulture) > 0));
            Assert.Equal(("1.0×", "1.0×"), (table.Rows[0][2], table.Rows[1][3]));
        });
    }

    [Fact]
    public void ToMarkdown_Table_HasARuleBelowItsHeaders() =>
        Assert.Equal("| what | how much |\n|---|---|\n| a | 1 |\n| b | 2 |\n", new BenchmarkTable(["what", "how much"], [["a", "1"], ["b", "2"]]).ToMarkdown());
}

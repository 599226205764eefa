using System.Globalization;
using Sheaf.Learning.Models;

namespace Sheaf.Learning.Training;

/// <summary>The least memory that a task takes on one silo, in bytes. What it takes in fact is more: buffers, devices awake, the runtime.</summary>
/// <param name="Checkpoints">Three vectors of 4 bytes a parameter: the checkpoint, the mean update, and the next checkpoint.</param>
/// <param name="Sums">A sum of 8 bytes a parameter for every lane, the slice's and the silo's.</param>
/// <param name="Trainers">For every lane, 4 bytes a dense parameter of each device that it computes at once.</param>
/// <param name="Cohort">200 bytes for every device of a round: its id, its outcome, its weight.</param>
public sealed record MemoryNeed(long Checkpoints, long Sums, long Trainers, long Cohort)
{
    private const double BytesPerGigabyte = 1e9;
    private const int BytesPerDevice = 200;

    /// <summary>All of it.</summary>
    public long Total => checked(Checkpoints + Sums + Trainers + Cohort);

    /// <summary>What a task takes.</summary>
    /// <param name="architecture">Its model.</param>
    /// <param name="lanes">The silo's training threads, at least 1.</param>
    /// <param name="together">Devices that each computes at once, at least 1.</param>
    /// <param name="cohort">Devices of a round.</param>
    /// <returns>The least that it takes.</returns>
    public static MemoryNeed Of(ModelArchitecture architecture, int lanes, int together, int cohort)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        long parameters = architecture.ParameterCount;
        var dense = architecture.Blocks.Where(block => !block.IsSparse).Sum(block => (long)block.Count);
        return new MemoryNeed(
            3 * parameters * sizeof(float), (lanes + 2) * parameters * sizeof(long), lanes * together * dense * sizeof(float), (long)cohort * BytesPerDevice);
    }

    /// <summary>The arithmetic.</summary>
    /// <returns>For example <c>9.1 GB (checkpoints 3.2, sums 4.3, trainers 1.6, cohort 0.0)</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Show(Total)} GB (checkpoints {Show(Checkpoints)}, sums {Show(Sums)}, trainers {Show(Trainers)}, cohort {Show(Cohort)})");

    private static string Show(long bytes) => (bytes / BytesPerGigabyte).ToString("0.0#", CultureInfo.InvariantCulture);
}

using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>What the merged slices of a round add up to. Whole numbers only, so the order of slices does not matter.</summary>
internal sealed class RoundTally
{
    private readonly int[] _counts = new int[Enum.GetValues<DeviceOutcome>().Length];

    /// <summary>Adds reports up.</summary>
    /// <param name="reports">One report per slice.</param>
    public RoundTally(IEnumerable<SliceReport> reports)
    {
        foreach (var report in reports)
        {
            foreach (var outcome in report.Outcomes)
            {
                _counts[(int)outcome]++;
            }

            Examples += report.Examples;
            WeightUnits = checked(WeightUnits + report.Weights.Sum());
            Scores = Scores.Add(report.Scores);
            LossUnits = checked(LossUnits + report.LossUnits);
            TouchedParameters += report.TouchedParameters;
            IsAccelerated |= report.IsAccelerated;
        }
    }

    /// <summary>Examples trained on or scored.</summary>
    public long Examples { get; }

    /// <summary>Parameters that updates touched.</summary>
    public long TouchedParameters { get; }

    /// <summary>Σ of what the updates weigh, in units of 2⁻²⁰.</summary>
    public long WeightUnits { get; }

    /// <summary>Devices that trained or scored.</summary>
    public int Done => _counts[(int)DeviceOutcome.Done];

    /// <summary>The cohort by outcome.</summary>
    public DeviceOutcomes Outcomes => new(
        Done,
        _counts[(int)DeviceOutcome.Declined],
        _counts[(int)DeviceOutcome.Failed],
        _counts[(int)DeviceOutcome.Late] + _counts[(int)DeviceOutcome.AfterTheEnd],
        _counts[(int)DeviceOutcome.Erased],
        _counts[(int)DeviceOutcome.NotFinite],
        _counts[(int)DeviceOutcome.OutOfBounds],
        _counts[(int)DeviceOutcome.DroppedOut]);

    /// <summary>Whether an accelerator computed any of it.</summary>
    public bool IsAccelerated { get; }

    /// <summary>Whether nothing but the study and its seed decided who took part, and in which order numbers were added. Who is late by the virtual clock
    /// is late whenever the study is run.</summary>
    public bool IsRepeatable => Outcomes is { Failed: 0, Erased: 0 } && _counts[(int)DeviceOutcome.Late] == 0 && !IsAccelerated;

    /// <summary>The mean training loss of the devices that trained; null when none did.</summary>
    public double? MeanTrainLoss => Done > 0 ? DeviceResult.ToNats(LossUnits) / Done : null;

    /// <summary>The score of a checkpoint; null when nothing was scored.</summary>
    public EvaluationRecord? Evaluation => Scores.ToRecord();

    private ScoreSheet Scores { get; } = ScoreSheet.Empty;

    private Int128 LossUnits { get; }
}

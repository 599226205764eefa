using Microsoft.Extensions.Logging;
using Sheaf.Grains.Placement;

namespace Sheaf.Grains.Rounds;

/// <content>Where devices train: where their shards are, or on silos that have what the plan asks for.</content>
internal sealed partial class RoundRun
{
    /// <summary>The silos that have an accelerator.</summary>
    public required AcceleratedSilos Accelerated { get; init; }

    private Func<SiloAddress, SiloAddress>? Homes => program.WantsAccelerator ? HomeOf : null;

    /// <summary>Gives the devices of a plan that asks for accelerators their homes there; what has been drawn stays as it is.</summary>
    private DrawnDevice[] Settle(DrawnDevice[] drawn)
    {
        if (!program.WantsAccelerator || drawn.Length == 0)
        {
            return drawn;
        }

        var silos = Accelerated.Current();
        if (silos.IsEmpty)
        {
            LogNoAccelerator(key.Round, key.Task);
            return drawn;
        }

        return Array.ConvertAll(drawn, device => device with { Silo = RendezvousPlacementDirector.Home(device.DeviceId, silos).ToParsableString() });
    }

    /// <summary>Where a slice runs: where it is planned for as long as that silo has an accelerator, then on another one that has.</summary>
    private SiloAddress HomeOf(SiloAddress planned)
    {
        var silos = Accelerated.Current();
        return silos.IsEmpty || silos.Contains(planned) ? planned : RendezvousPlacementDirector.Home(planned.ToParsableString(), silos);
    }

    [LoggerMessage(138, LogLevel.Warning, "No silo has the accelerator that the plan of task {Task} asks for: the devices of round {Round} are computed on processors.")]
    private partial void LogNoAccelerator(int round, string task);
}

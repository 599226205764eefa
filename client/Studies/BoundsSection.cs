namespace Sheaf.Client.Studies;

/// <summary>How large an update may be, as an ℓ² norm over all parameters.</summary>
internal sealed record BoundsSection
{
    /// <summary>A larger update is scaled down to this norm; above 0, at most 1,000,000. Default: 10.</summary>
    public double ClipNorm { get; init; } = 10;

    /// <summary>A larger update is refused as diverged; at least <see cref="ClipNorm"/>, at most 1,000,000,000. Default: 1000.</summary>
    public double RejectNorm { get; init; } = 1000;
}

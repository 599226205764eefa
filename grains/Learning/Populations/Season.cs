namespace Sheaf.Learning.Populations;

/// <summary>
/// Where a period stands on the circle of fashion. Every intent, template and slot value has a phase on that circle, and is used
/// most when the season stands at its phase, least when it stands opposite.
/// </summary>
internal readonly struct Season
{
    /// <summary>With full drift the season goes round once in this many periods.</summary>
    public const int PeriodsPerTurn = 20;

    private readonly double _cos;
    private readonly double _sin;

    /// <summary>The season of a period.</summary>
    /// <param name="period">The period, from 0.</param>
    /// <param name="drift">The drift in [0, 1]; with 0 the season stands still.</param>
    public Season(int period, double drift) => (_sin, _cos) = Math.SinCos(2 * Math.PI * drift * period / PeriodsPerTurn);

    /// <summary>How near a phase is: 1 at the season, −1 opposite.</summary>
    /// <param name="phase">The phase, as the cosine and sine of its angle.</param>
    /// <returns>The cosine of the angle between the two.</returns>
    public double Nearness((double Cos, double Sin) phase) => (_cos * phase.Cos) + (_sin * phase.Sin);
}

namespace Sheaf.Learning.Selection;

/// <summary>
/// Finds the inclusion probabilities π = min(π_max, c·w') with Σπ = K by iterated capping: cap what exceeds π_max, share the rest of K
/// among the others, repeat until nobody new is capped. A state machine, so that any caller can ask the shards:
/// <c>while (search.NextThreshold is { } t) search.Answer(Σ shards' Above(search.Scale, t));</c>
/// </summary>
/// <remarks>
/// All comparisons that decide whether a device fits into a zone are between integers: no rounding can make a device longer than
/// a zone. Every question but the first and the last caps at least one more device, so the search ends.
/// </remarks>
public sealed class CapSearch
{
    private readonly SelectionSpec _spec;
    private readonly long _devices;
    private readonly int _cohort;
    private readonly double _inclusionMax;
    private bool _totalKnown;
    private long _totalMass;
    private MassTotals _capped;
    private long _capThreshold = long.MaxValue;

    /// <summary>Begins a search.</summary>
    /// <param name="spec">The selection.</param>
    /// <param name="totals">The totals of all shards.</param>
    /// <exception cref="InvalidOperationException">The selection is not valid.</exception>
    public CapSearch(SelectionSpec spec, ShardTotals totals)
    {
        ArgumentNullException.ThrowIfNull(spec);
        spec.EnsureValid();
        (_spec, _devices) = (spec, totals.Devices);
        _cohort = (int)Math.Min(spec.Cohort, _devices);
        _inclusionMax = spec.InclusionMax;
        if (_cohort >= _devices * _inclusionMax)
        {
            _inclusionMax = _devices == 0 ? _inclusionMax : (double)_cohort / _devices;
            CapEverybody();
            return;
        }

        Scale = MassScale.From(totals, spec.Floor, _cohort);
        NextThreshold = 1;
    }

    /// <summary>How weights become masses; the shards need it to answer.</summary>
    public MassScale Scale { get; }

    /// <summary>The mass about which the shards are to be asked next; null when the plan is made.</summary>
    public long? NextThreshold { get; private set; }

    /// <summary>The result, once <see cref="NextThreshold"/> is null.</summary>
    /// <exception cref="InvalidOperationException">There is a question left to answer.</exception>
    public InclusionPlan Plan
    {
        get => field ?? throw new InvalidOperationException("The inclusion plan is not made yet: answer NextThreshold until it is null.");
        private set;
    }

    /// <summary>Takes the shards' answer to <see cref="NextThreshold"/>.</summary>
    /// <param name="above">How many devices of all shards have at least that mass, and their mass.</param>
    /// <exception cref="InvalidOperationException">There was no question, or the devices are not those of the totals.</exception>
    public void Answer(MassTotals above)
    {
        var asked = NextThreshold ?? throw new InvalidOperationException("The inclusion plan is made: there is nothing to answer.");
        if (!_totalKnown)
        {
            if (above.Devices != _devices)
            {
                throw new InvalidOperationException(
                    $"The shards had {_devices} active devices and now have {above.Devices}: ask for their totals and plan again.");
            }

            (_totalKnown, _totalMass) = (true, above.Mass);
        }
        else if (above.Devices > _capped.Devices)
        {
            (_capped, _capThreshold) = (above, asked);
        }
        else
        {
            Finish();
            return;
        }

        if (_capped.Devices == _devices)
        {
            CapEverybody();
            return;
        }

        NextThreshold = CapFromMass().Threshold;
    }

    /// <summary>The cap in units of uncapped mass, rounded down, and the least mass that reaches it.</summary>
    private (long Cap, long Threshold) CapFromMass()
    {
        var uncapped = _totalMass - _capped.Mass;
        // A device of at most this mass fits into a zone; the quotient is exact where a cap of 1 must be.
        var (fits, rest) = _cohort > _capped.Devices ? Math.DivRem(uncapped, _cohort - _capped.Devices) : (long.MaxValue - 1, 0);
        if (_inclusionMax >= 1)
        {
            return (fits, rest == 0 ? fits : fits + 1);
        }

        var cap = _inclusionMax * uncapped / (_cohort - (_capped.Devices * _inclusionMax));
        return (Math.Min((long)Math.Floor(cap), fits), Math.Min((long)Math.Ceiling(cap), fits + 1));
    }

    private void Finish()
    {
        var uncapped = _totalMass - _capped.Mass;
        // Masses are scaled so that a zone is a whole number: Σ = m·capped + factor·uncapped = K·zone in both cases.
        if (_inclusionMax >= 1)
        {
            Complete(uncapped, _cohort - _capped.Devices, uncapped);
            return;
        }

        var cap = CapFromMass().Cap;
        Complete(cap * _cohort, _cohort, (_capped.Devices * cap) + uncapped);
    }

    private void CapEverybody()
    {
        _capped = new MassTotals(_devices, 0);
        _capThreshold = 0;
        Complete(_cohort, 0, _devices);
    }

    private void Complete(long cappedMass, long uncappedFactor, long zoneLength)
    {
        NextThreshold = null;
        Plan = new InclusionPlan
        {
            Cohort = _cohort,
            Devices = _devices,
            CohortLowered = _cohort < _spec.Cohort,
            InclusionMax = _inclusionMax,
            InclusionMaxRaised = _inclusionMax > _spec.InclusionMax,
            CappedDevices = _capped.Devices,
            Scale = Scale,
            CapThreshold = _capThreshold,
            CappedMass = cappedMass,
            UncappedFactor = uncappedFactor,
            ZoneLength = zoneLength,
        };
    }
}

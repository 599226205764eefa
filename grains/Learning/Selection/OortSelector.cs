namespace Sheaf.Learning.Selection;

/// <summary>
/// Oort's selection of training participants (Lai et al., OSDI 2021, Algorithm 1): prefers devices whose data the model is bad at and that
/// answer soon, keeps trying new ones, and comes back to those it has not seen for long.
/// </summary>
/// <remarks>
/// <para>Of the places that the floor leaves, ⌊(1 − ε)·K⌋ exploit and the others explore, ε = max(least, start·decay^R) in round R; what one
/// side cannot fill the other gets. Score of a device that has taken part:
/// ((clip(u) − min)/range + √(0.1·ln R/last round)) · (T/t)² if t &gt; T, T being the preferred duration; min and range are over the candidates
/// that have taken part, with the program's 0.999·min, so that the worst device's score is above 0.</para>
/// <para>Draws are successive: one device after another, without replacement, in proportion to what is left, by exponential keys
/// (Efraimidis and Spirakis, 2006). That is Oort's own rule; inclusion probabilities are not known, so inverse-probability weights do not
/// go with it.</para>
/// <para>Law: the cohort depends on the set of candidates, not on their order.</para>
/// </remarks>
public sealed class OortSelector
{
    private const double RangeLeast = 1e-4;
    private const double MinFactor = 0.999;

    private readonly OortSpec _spec;

    /// <summary>Takes the constants.</summary>
    /// <param name="spec">The constants.</param>
    /// <exception cref="ArgumentException">The constants have mistakes; the message names all of them.</exception>
    public OortSelector(OortSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = string.Join(" ", spec.Problems());
        if (problems.Length > 0)
        {
            throw new ArgumentException($"Oort cannot select. {problems}", nameof(spec));
        }

        _spec = spec;
    }

    /// <summary>The share ε of the cohort that explores.</summary>
    /// <param name="round">The round, starting at 1.</param>
    /// <returns>max(least, start·decay^round).</returns>
    public double ExplorationOf(int round)
    {
        // Multiplied, not raised to a power: that rounds alike on every machine.
        var exploration = _spec.ExplorationStart;
        for (var i = 0; i < round && exploration > _spec.ExplorationLeast; i++)
        {
            exploration *= _spec.ExplorationDecay;
            if (_spec.ExplorationDecay >= 1)
            {
                break;
            }
        }

        return Math.Max(exploration, _spec.ExplorationLeast);
    }

    /// <summary>Selects a cohort.</summary>
    /// <param name="candidates">All devices that could be selected, in any order, positions all different.</param>
    /// <param name="pacer">The pacer after the rounds before.</param>
    /// <param name="round">The round, starting at 1.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <returns>At most <see cref="OortSpec.Cohort"/> devices; fewer when fewer are active, or the cap has left fewer.</returns>
    public OortCohort Select(IReadOnlyList<OortCandidate> candidates, OortPacer pacer, int round, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(pacer);
        ArgumentOutOfRangeException.ThrowIfLessThan(round, 1);
        var stream = new OortStream(seed, round);
        var active = Enumerable.Range(0, candidates.Count).Where(index => candidates[index].Activity > 0).ToArray();
        var cap = CapOf(active.Length);
        var eligible = active.Where(index => stream.Passes(cap, candidates[index].Position)).ToArray();
        var floored = Take(stream, OortStage.Floor, candidates, eligible, _ => 1, FlooredOf(eligible.Length));
        var left = eligible.Except(floored).ToArray();
        return Complete(
            candidates, floored, left, left.LongCount(index => candidates[index].Last is null), PlacesOf(eligible.Length), pacer, stream);
    }

    /// <summary>The cap that holds.</summary>
    /// <param name="active">How many devices could be selected.</param>
    /// <returns>The one asked for, or K/N where that is larger.</returns>
    internal double CapOf(long active) => active == 0 ? 1 : Math.Max(_spec.InclusionMax, (double)_spec.Cohort / active);

    /// <summary>How many devices are selected.</summary>
    /// <param name="eligible">How many the cap lets be selected in this round.</param>
    /// <returns>The size of the cohort.</returns>
    internal int PlacesOf(long eligible) => (int)Math.Min(_spec.Cohort, eligible);

    /// <summary>How many of them the floor draws.</summary>
    /// <param name="eligible">How many the cap lets be selected in this round.</param>
    /// <returns>Its places.</returns>
    internal int FlooredOf(long eligible) => Math.Min(PlacesOf(eligible), (int)Math.Ceiling(_spec.Floor * _spec.Cohort));

    /// <summary>How many exploit.</summary>
    /// <param name="known">How many are left that have taken part.</param>
    /// <param name="unexplored">How many are left that have not.</param>
    /// <param name="places">The places that are left.</param>
    /// <param name="round">The round.</param>
    /// <returns>Their number; the other places explore.</returns>
    internal int ExploitedOf(long known, long unexplored, int places, int round) =>
        (int)Math.Min(known, Math.Max(places - unexplored, (int)(places * (1 - ExplorationOf(round)))));

    /// <summary>How many of the largest it explores among.</summary>
    /// <param name="unexplored">How many are left that have not taken part.</param>
    /// <param name="places">Places that explore.</param>
    /// <returns>The size of the window.</returns>
    internal int WindowOf(long unexplored, int places) => (int)Math.Min(unexplored, _spec.ExplorationWindow * places);

    /// <summary>What a device is explored by: the examples that a round would use of it.</summary>
    /// <param name="activity">Its activity.</param>
    /// <returns>The size.</returns>
    internal int SizeOf(int activity) => Math.Min(activity, _spec.ExamplesPerRoundMax);

    /// <summary>Where a device stands: in the floor's draw, in which all weigh the same, or among those to explore, the largest first.</summary>
    internal OortRank RankOf(OortStream stream, bool isFloor, OortEntry entry) => isFloor
        ? new OortRank(stream.Turn(OortStage.Floor, entry.Position, 1), 0, entry.Position)
        : new OortRank(-SizeOf(entry.Activity), stream.Key(OortStage.Explore, entry.Position), entry.Position);

    /// <summary>Fills the places that the floor has left.</summary>
    /// <param name="candidates">The devices, of those that have never taken part at least the largest in the order of exploring.</param>
    /// <param name="floored">Whom the floor has drawn.</param>
    /// <param name="left">The others that the cap lets be selected.</param>
    /// <param name="unexplored">How many of the others have never taken part, in the whole population.</param>
    /// <param name="places">The size of the cohort.</param>
    /// <param name="pacer">The pacer after the rounds before.</param>
    /// <param name="stream">The random values.</param>
    /// <returns>The cohort.</returns>
    internal OortCohort Complete(
        IReadOnlyList<OortCandidate> candidates, int[] floored, int[] left, long unexplored, int places, OortPacer pacer, OortStream stream)
    {
        places -= floored.Length;
        var scores = Scores([.. left.Where(index => candidates[index].Last is not null)], candidates, stream.Round, PreferredDuration(candidates, pacer));
        var exploited = ExploitedOf(scores.Count, unexplored, places, stream.Round);
        var explored = (int)Math.Min(unexplored, places - exploited);
        var window = left.Where(index => candidates[index].Last is null)
            .OrderBy(index => RankOf(stream, isFloor: false, new OortEntry(candidates[index].Position, index, candidates[index].Activity)))
            .Take(WindowOf(unexplored, explored)).ToArray();
        return new OortCohort(
            floored,
            Take(stream, OortStage.Exploit, candidates, Best(scores, exploited, candidates), index => scores[index], exploited),
            Take(stream, OortStage.Explore, candidates, window, index => SizeOf(candidates[index].Activity), explored));
    }

    /// <summary>The duration at the pacer's percentile; null when no device is too slow.</summary>
    private static TimeSpan? PreferredDuration(IReadOnlyList<OortCandidate> candidates, OortPacer pacer)
    {
        var durations = candidates.Select(each => each.Last?.Duration).OfType<TimeSpan>().Order().ToArray();
        return durations.Length == 0 || pacer.Percentile >= 100
            ? null
            : durations[Math.Min((int)(durations.Length * pacer.Percentile / 100), durations.Length - 1)];
    }

    private Dictionary<int, double> Scores(int[] known, IReadOnlyList<OortCandidate> candidates, int round, TimeSpan? preferred)
    {
        if (known.Length == 0)
        {
            return [];
        }

        var utilities = known.Select(index => candidates[index].Last!.Value.Utility).Order().ToArray();
        var clip = utilities[Math.Min((int)(utilities.Length * _spec.ClipQuantile), utilities.Length - 1)];
        var least = MinFactor * utilities[0];
        var range = Math.Max(utilities[^1] - least, RangeLeast);
        return known.ToDictionary(index => index, index =>
        {
            var last = candidates[index].Last!.Value;
            var score = ((Math.Min(last.Utility, clip) - least) / range) + Math.Sqrt(_spec.Uncertainty * Math.Log(round) / last.Round);
            return last.Duration > preferred ? score * Math.Pow(preferred.Value / last.Duration, _spec.SlownessPenalty) : score;
        });
    }

    /// <summary>Those that come near the score of the first that has no place.</summary>
    private int[] Best(Dictionary<int, double> scores, int places, IReadOnlyList<OortCandidate> candidates)
    {
        if (places == 0)
        {
            return [];
        }

        var best = scores.Keys.OrderByDescending(index => scores[index]).ThenBy(index => candidates[index].Position).ToArray();
        var least = _spec.CutOff * scores[best[Math.Min(places, best.Length - 1)]];
        return [.. best.Where(index => scores[index] >= least)];
    }

    /// <summary>Draws successively in proportion to weights.</summary>
    private static int[] Take(
        OortStream stream, OortStage stage, IReadOnlyList<OortCandidate> candidates, int[] from, Func<int, double> weightOf, int count)
    {
        var turns = Array.ConvertAll(from, index => (stream.Turn(stage, candidates[index].Position, weightOf(index)), candidates[index].Position));
        var drawn = from.ToArray();
        Array.Sort(turns, drawn);
        return drawn[..count];
    }
}

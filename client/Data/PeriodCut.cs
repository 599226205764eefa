using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Data;

/// <summary>Which period a row of a file belongs to, by its time.</summary>
internal sealed class PeriodCut
{
    private readonly DateTimeOffset[] _starts;
    private readonly DateTimeOffset _end;

    private PeriodCut(DateTimeOffset[] starts, DateTimeOffset end) => (_starts, _end) = (starts, end);

    /// <summary>Cuts a study's file.</summary>
    /// <param name="study">The study; its population comes from a file.</param>
    /// <param name="survey">What the file holds.</param>
    /// <returns>The cut. To cut by rows, the file is read once more and its times are held in memory, 8 bytes a row.</returns>
    public static PeriodCut Of(Study study, DataSurvey survey)
    {
        var (file, periods) = (study.Population.File!, study.Population.Periods);
        var starts = periods == 1 ? [survey.Start]
            : file.Cut == PeriodCutting.Time ? ByTime(survey.Start, survey.End, periods)
            : ByRows([.. DataSurveys.Open(study).Rows().Select(row => row.Time.UtcTicks)], periods);
        return new PeriodCut(starts, survey.End);
    }

    /// <summary>Cuts a span of time into equal parts.</summary>
    /// <param name="start">Its start.</param>
    /// <param name="end">Its end.</param>
    /// <param name="periods">How many parts.</param>
    /// <returns>Where each begins.</returns>
    public static DateTimeOffset[] ByTime(DateTimeOffset start, DateTimeOffset end, int periods) =>
        [.. Enumerable.Range(0, periods).Select(period => start + ((end - start) * ((double)period / periods)))];

    /// <summary>Cuts times into parts of equally many. Equal times stay together, so that a part may have fewer, or none.</summary>
    /// <param name="ticks">The times, in any order, at least one.</param>
    /// <param name="periods">How many parts.</param>
    /// <returns>Where each begins.</returns>
    public static DateTimeOffset[] ByRows(long[] ticks, int periods)
    {
        Array.Sort(ticks);
        return [.. Enumerable.Range(0, periods).Select(period => new DateTimeOffset(ticks[(int)((long)ticks.Length * period / periods)], TimeSpan.Zero))];
    }

    /// <summary>The period of a row.</summary>
    /// <param name="time">Its time.</param>
    /// <returns>The last period that does not begin after it.</returns>
    public int PeriodOf(DateTimeOffset time)
    {
        var period = _starts.Length - 1;
        while (period > 0 && _starts[period] > time)
        {
            period--;
        }

        return period;
    }

    /// <summary>The population's time when a period has arrived.</summary>
    /// <param name="period">The period.</param>
    /// <returns>The start of the next one; the file's last time for the last.</returns>
    public DateTimeOffset EndOf(int period) => period < _starts.Length - 1 ? _starts[period + 1] : _end;
}

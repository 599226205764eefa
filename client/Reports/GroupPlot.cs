using OxyPlot.Axes;
using OxyPlot.Series;

namespace Sheaf.Client.Reports;

/// <summary>Draws a measure by activity group: a bar per arm in each tenth of the devices.</summary>
/// <param name="title">What is shown.</param>
/// <param name="yTitle">The vertical axis.</param>
/// <param name="yFormat">How the vertical axis is labelled.</param>
internal sealed class GroupPlot(string title, string yTitle, string yFormat)
{
    private const string GroupAxis = "groups";
    private const string ValueAxis = "values";

    /// <summary>Draws.</summary>
    /// <param name="arms">The means of each arm by group, from the least active devices to the most active; null for groups without a value.</param>
    /// <returns>An SVG element.</returns>
    public string Draw(IReadOnlyList<(string Arm, IReadOnlyList<Spread?> Groups)> arms)
    {
        var model = CurvePlot.NewModel(title, yTitle, yFormat, ValueAxis);
        var axis = new CategoryAxis { Key = GroupAxis, Position = AxisPosition.Bottom, Title = "tenth of the devices, the most active last", AxisTitleDistance = 12 };
        axis.Labels.AddRange(Enumerable.Range(1, arms.Max(arm => arm.Groups.Count)).Select(group => FormattableString.Invariant($"{group}")));
        model.Axes.Add(axis);
        foreach (var (index, (arm, groups)) in arms.Index())
        {
            var bars = new BarSeries
            {
                Title = arm,
                XAxisKey = ValueAxis,
                YAxisKey = GroupAxis,
                FillColor = CurvePlot.Colours[index % CurvePlot.Colours.Length],
                StrokeThickness = 0,
            };
            bars.Items.AddRange(groups.Select((group, at) => new BarItem(group?.Mean ?? double.NaN, at)));
            model.Series.Add(bars);
        }

        return CurvePlot.Export(model);
    }
}

using System.Text;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Sheaf.Client.Reports;

/// <summary>Draws learning curves as a vector graphic: a line per arm, and a band of one standard deviation where there are several seeds.</summary>
/// <param name="title">What is shown.</param>
/// <param name="xTitle">The horizontal axis.</param>
/// <param name="yTitle">The vertical axis.</param>
/// <param name="yFormat">How the vertical axis is labelled.</param>
internal sealed class CurvePlot(string title, string xTitle, string yTitle, string yFormat)
{
    private const double Width = 520;
    private const double Height = 340;
    private const double TitleDistance = 12;

    // Labels such as "60 %" are drawn wider than they are measured.
    private const double SideTitleDistance = 24;

    // The fonts that are drawn may be wider than the one that was measured, and a legend cuts off what does not fit.
    private const double LegendRoom = 28;
    private const byte BandAlpha = 40;

    // Measured with the one that the library knows best; drawn with whatever there is like it.
    private const string MeasuredFont = "Arial";
    private const string DrawnFonts = "Arial, Helvetica, 'Liberation Sans', sans-serif";

    // Told apart by people who see no red or no green, too (Okabe and Ito, 2008).
    internal static readonly OxyColor[] Colours =
    [
        OxyColor.FromRgb(0, 114, 178),
        OxyColor.FromRgb(213, 94, 0),
        OxyColor.FromRgb(0, 158, 115),
        OxyColor.FromRgb(204, 121, 167),
        OxyColor.FromRgb(230, 159, 0),
        OxyColor.FromRgb(86, 180, 233),
        OxyColor.FromRgb(0, 0, 0),
    ];

    // Those that come round again have another stroke.
    private static readonly LineStyle[] Strokes = [LineStyle.Solid, LineStyle.Dash, LineStyle.Dot];

    /// <summary>The horizontal axis.</summary>
    public string XTitle => xTitle;

    /// <summary>Draws.</summary>
    /// <param name="curves">The curves; those without points are left out.</param>
    /// <returns>An SVG element.</returns>
    public string Draw(IReadOnlyList<LearningCurve> curves)
    {
        var model = NewModel(title, yTitle, yFormat);
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = xTitle, StringFormat = "#,0", MinimumMajorStep = 1, AxisTitleDistance = TitleDistance });
        for (var at = 0; at < curves.Count; at++)
        {
            Add(model, curves[at], Colours[at % Colours.Length], Strokes[at / Colours.Length % Strokes.Length]);
        }

        return Export(model);
    }

    /// <summary>Writes a plot as a vector graphic.</summary>
    /// <param name="model">The plot.</param>
    /// <returns>An SVG element.</returns>
    internal static string Export(PlotModel model)
    {
        using var svg = new MemoryStream();
        new SvgExporter { Width = Width, Height = Height, IsDocument = false, UseVerticalTextAlignmentWorkaround = true }.Export(model, svg);
        return Encoding.UTF8.GetString(svg.ToArray()).TrimStart('\uFEFF').Replace(MeasuredFont, DrawnFonts, StringComparison.Ordinal);
    }

    /// <summary>An empty plot with a vertical axis and a legend.</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="yTitle">The vertical axis.</param>
    /// <param name="yFormat">How it is labelled.</param>
    /// <param name="yKey">A name for the axis; null for none.</param>
    /// <returns>The plot.</returns>
    internal static PlotModel NewModel(string title, string yTitle, string yFormat, string? yKey = null)
    {
        var model = new PlotModel { Title = title, TitleFontSize = 14, DefaultFont = MeasuredFont, PlotAreaBorderColor = OxyColors.Gray };
        model.Axes.Add(new LinearAxis
        {
            Key = yKey,
            Position = AxisPosition.Left,
            Title = yTitle,
            StringFormat = yFormat,
            AxisTitleDistance = SideTitleDistance,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.WhiteSmoke,
        });
        model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.BottomCenter,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendPadding = LegendRoom,
            LegendItemSpacing = LegendRoom,
            LegendLineSpacing = 4,
        });
        return model;
    }

    private static void Add(PlotModel model, LearningCurve curve, OxyColor colour, LineStyle stroke)
    {
        if (curve.Points.Any(point => point.Y.Count > 1))
        {
            var band = new AreaSeries { Color = OxyColors.Transparent, Color2 = OxyColors.Transparent, Fill = OxyColor.FromAColor(BandAlpha, colour) };
            band.Points.AddRange(curve.Points.Select(point => new DataPoint(point.X, point.Y.Mean - point.Y.Deviation)));
            band.Points2.AddRange(curve.Points.Select(point => new DataPoint(point.X, point.Y.Mean + point.Y.Deviation)));
            model.Series.Add(band);
        }

        var line = new LineSeries { Title = curve.Arm, Color = colour, LineStyle = stroke, StrokeThickness = 2 };
        line.Points.AddRange(curve.Points.Select(point => new DataPoint(point.X, point.Y.Mean)));
        model.Series.Add(line);
    }
}

using CsvHelper;
using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>Writes a report: <c>report.html</c>, and in <c>figures</c> every plot's numbers as CSV and its picture as SVG.</summary>
internal static class ReportFolder
{
    /// <summary>The page.</summary>
    public const string PageFile = "report.html";

    /// <summary>The folder of the plots, below the page's.</summary>
    public const string FiguresFolder = "figures";

    /// <summary>Writes a report over whatever an earlier one has left.</summary>
    /// <param name="report">The report.</param>
    /// <param name="folder">The folder; made when it is missing.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="RunFailedException">It cannot be written there.</exception>
    public static string Write(Report report, string folder)
    {
        try
        {
            var figures = Directory.CreateDirectory(Path.Combine(folder, FiguresFolder)).FullName;
            foreach (var figure in report.Figures)
            {
                WriteNumbers(figure, Path.Combine(figures, $"{figure.Name}.csv"));
                File.WriteAllText(Path.Combine(figures, $"{figure.Name}.svg"), figure.Draw());
            }

            var page = Path.Combine(folder, PageFile);
            File.WriteAllText(page, ReportPage.Write(report));
            return page;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"The report cannot be written to '{folder}': {exception.Message} Name another folder with --output.");
        }
    }

    private static void WriteNumbers(ReportFigure figure, string file)
    {
        using var csv = CsvWriter.Create(File.Create(file), new CsvWriterOptions());
        foreach (var header in new[] { "arm", figure.XTitle, "mean", "deviation", "runs" })
        {
            csv.WriteField(header);
        }

        csv.EndRecord();
        foreach (var (arm, x, y) in figure.Curves.SelectMany(curve => curve.Points.Select(point => (curve.Arm, point.X, point.Y))))
        {
            csv.WriteField(arm);
            csv.WriteField(x);
            csv.WriteField(y.Mean);
            csv.WriteField(y.Deviation);
            csv.WriteField(y.Count);
            csv.EndRecord();
        }
    }
}

using CsvHelper;
using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>Writes a report: <c>report.html</c>, and in <c>figures</c> the numbers of every plot and table as CSV and its picture as SVG.</summary>
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
                Write(figures, figure.Name, figure.Numbers, figure.Draw);
            }

            foreach (var section in report.Sections)
            {
                Write(figures, section.Name, section.Numbers, section.Draw);
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

    private static void Write(string figures, string name, ReportNumbers numbers, Func<string>? draw)
    {
        WriteNumbers(numbers, Path.Combine(figures, $"{name}.csv"));
        if (draw is not null)
        {
            File.WriteAllText(Path.Combine(figures, $"{name}.svg"), draw());
        }
    }

    private static void WriteNumbers(ReportNumbers numbers, string file)
    {
        using var csv = CsvWriter.Create(File.Create(file), new CsvWriterOptions());
        foreach (var header in numbers.Headers)
        {
            csv.WriteField(header);
        }

        csv.EndRecord();
        foreach (var (texts, values) in numbers.Rows)
        {
            foreach (var text in texts)
            {
                csv.WriteField(text);
            }

            foreach (var value in values)
            {
                csv.WriteField(value);
            }

            csv.EndRecord();
        }
    }
}

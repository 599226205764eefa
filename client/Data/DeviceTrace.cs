using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sheaf.Abstractions.Populations;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Data;

/// <summary>Reads the file of the real devices that virtual ones follow.</summary>
internal static class DeviceTrace
{
    private const string FilePath = "population.behaviour.profiles.traceFile";
    private const double BytesPerMegabit = 125_000;
    private const double SpeedMin = 0.001;
    private const double SpeedMax = 1_000_000;
    private const int LineLengthMax = 1_000_000;
    private const int MistakesMax = 20;
    private const string Remedy =
        "Write one device a line, as {\"examplesPerSecond\": 50, \"downloadMbits\": 20, \"uploadMbits\": 5, \"online\": [[0, 8.5], [22, 24]]}.";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The trace of a study.</summary>
    /// <param name="study">The resolved study.</param>
    /// <returns>The trace; null when the study names none.</returns>
    /// <exception cref="StudyException">The file cannot be used; its first mistakes are named.</exception>
    public static TraceSpec? Of(Study study)
    {
        if (study.Population.Behaviour.Profiles is not { TraceFile: { } path, TraceHours: var hours })
        {
            return null;
        }

        var (devices, mistakes, spans) = (ImmutableArray.CreateBuilder<TraceDevice>(), new List<StudyMistake>(), 0L);
        try
        {
            foreach (var (index, line) in File.ReadLines(path).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)))
            {
                if (DeviceOf(line, hours, out var device) is { } what)
                {
                    mistakes.Add(new StudyMistake(FilePath, string.Create(CultureInfo.InvariantCulture, $"in line {index + 1}, {what}"), Remedy));
                }
                else
                {
                    devices.Add(device!);
                    spans += device!.Online.Length;
                }

                if (mistakes.Count == MistakesMax || devices.Count > TraceSpec.DevicesMax || spans > TraceSpec.SpansMax)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(new StudyMistake(FilePath, $"'{path}' cannot be read: {exception.Message.TrimEnd('.')}", Remedy));
        }

        if (mistakes.Count == 0 && devices.Count == 0)
        {
            mistakes.Add(new StudyMistake(FilePath, $"'{path}' holds no device", Remedy));
        }

        if (devices.Count > TraceSpec.DevicesMax || spans > TraceSpec.SpansMax)
        {
            var what = $"'{path}' has more than {TraceSpec.DevicesMax} devices, or they are online more than {TraceSpec.SpansMax} times together";
            mistakes.Add(new StudyMistake(FilePath, what, "Use a sample of its lines: virtual devices follow them in turn."));
        }

        return mistakes.Count == 0 ? new TraceSpec(TimeSpan.FromHours(hours), devices.ToImmutable()) : throw new StudyException(study.Name, [.. mistakes]);
    }

    /// <summary>Reads a line.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    private static string? DeviceOf(string line, double hours, out TraceDevice? device)
    {
        device = null;
        if (line.Length > LineLengthMax)
        {
            return "there is no end to it";
        }

        try
        {
            var read = JsonSerializer.Deserialize<Line>(line, Options);
            if (read is null || !IsSpeed(read.ExamplesPerSecond) || !IsSpeed(read.DownloadMbits) || !IsSpeed(read.UploadMbits))
            {
                return $"a speed is not between {SpeedMin} and {SpeedMax.ToString("0", CultureInfo.InvariantCulture)}";
            }

            var at = 0.0;
            foreach (var span in read.Online ?? [])
            {
                if (span.Length != 2 || !(span[0] >= at) || !(span[1] > span[0]) || !(span[1] <= hours))
                {
                    return "the times online are not pairs of hours, in order and within the hours of the trace";
                }

                at = span[1];
            }

            device = new TraceDevice(
                read.ExamplesPerSecond,
                read.DownloadMbits * BytesPerMegabit,
                read.UploadMbits * BytesPerMegabit,
                [.. (read.Online ?? []).Select(span => new TraceSpan(TimeSpan.FromHours(span[0]), TimeSpan.FromHours(span[1])))]);
            return null;
        }
        catch (JsonException exception)
        {
            return $"there is no device: {exception.Message.TrimEnd('.')}";
        }
    }

    private static bool IsSpeed(double speed) => speed is >= SpeedMin and <= SpeedMax;

    private sealed record Line(double ExamplesPerSecond, double DownloadMbits, double UploadMbits, double[][]? Online = null);
}

namespace Sheaf.Learning.VirtualTime;

/// <summary>How fast a virtual device computes, and how fast its network is.</summary>
/// <param name="ExamplesPerSecond">Examples that it trains on in a second, above 0.</param>
/// <param name="DownloadPerSecond">Bytes that reach it in a second, above 0.</param>
/// <param name="UploadPerSecond">Bytes that it sends in a second, above 0.</param>
public readonly record struct DeviceProfile(double ExamplesPerSecond, double DownloadPerSecond, double UploadPerSecond)
{
    // No round waits longer, and sums of a few stay far from the largest TimeSpan.
    private const double SecondsMax = 1e9;

    /// <summary>How long a device takes for its part of a round: it fetches the model, trains, and sends its update, one after the other.</summary>
    /// <param name="work">What it has to do.</param>
    /// <returns>down / download + examples / speed + up / upload, at most 10⁹ seconds.</returns>
    public TimeSpan TimeFor(DeviceLoad work) => TimeSpan.FromSeconds(Math.Min(
        SecondsMax, (work.DownloadBytes / DownloadPerSecond) + (work.Examples / ExamplesPerSecond) + (work.UploadBytes / UploadPerSecond)));
}

/// <summary>What a device has to do in a round.</summary>
/// <param name="DownloadBytes">The bytes of the model that it fetches, at least 0.</param>
/// <param name="Examples">The examples that it trains on, each as often as it does so, at least 0.</param>
/// <param name="UploadBytes">The bytes of the update that it sends, at least 0.</param>
public readonly record struct DeviceLoad(long DownloadBytes, long Examples, long UploadBytes);

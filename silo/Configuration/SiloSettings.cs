using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sheaf.Silo.Configuration;

/// <summary>All that a silo of its own process is told. Every value has a default; <see cref="SettingsReader"/> fills it in.</summary>
public sealed record SiloSettings
{
    /// <summary>The cluster it belongs to.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>Where it listens.</summary>
    public EndpointSettings Endpoints { get; init; } = new();

    /// <summary>How it proves who it is.</summary>
    public TlsSettings Tls { get; init; } = new();

    /// <summary>Where it writes who erased what.</summary>
    public AuditSettings Audit { get; init; } = new();

    /// <summary>Where states are kept.</summary>
    public StorageSettings Storage { get; init; } = new();

    /// <summary>How soon the others find out that it is gone.</summary>
    public MembershipSettings Membership { get; init; } = new();

    /// <summary>How much it takes on.</summary>
    public LimitSettings Limits { get; init; } = new();

    /// <summary>What it says.</summary>
    public LogSettings Log { get; init; } = new();

    /// <summary>To whom it tells what it does.</summary>
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>What it says it has: <c>auto</c>, <c>none</c>, <c>cuda</c>, or accelerators separated by commas.</summary>
    [Description("The accelerators it trains and aggregates on: auto (those it finds), none, cuda (those it finds, and at least one), or a list such as cuda:0,cuda:1 that it publishes whatever it finds; what is named twice gets two lanes.")]
    [RegularExpression("auto|none|cuda(:[0-9]+(,cuda:[0-9]+)*)?", ErrorMessage = "auto, none, cuda, or a list such as cuda:0,cuda:1")]
    public string Accelerators { get; init; } = "auto";

    /// <summary>Which libtorch it computes with.</summary>
    public TorchSettings Torch { get; init; } = new();

    /// <summary>Training threads.</summary>
    [Description("Training threads. Default: one per core.")]
    [Range(1, 1024)]
    public int Lanes { get; init; } = Environment.ProcessorCount;

    /// <summary>How often what a round has merged is stored.</summary>
    [Description("How often what a round has merged is stored while it trains: what a crash costs, against 8 bytes a parameter and silo that are written each time.")]
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan SnapshotInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it may take to stop.</summary>
    [Description("How long it may take to hand over its work when it is told to stop; then it ends as it is.")]
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StopTime { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>Which cluster a silo belongs to.</summary>
public sealed record ClusterSettings
{
    /// <summary>The cluster's name.</summary>
    [Description("The cluster's name: silos and clients of another one are refused.")]
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,62}", ErrorMessage = "letters, digits, dots, dashes and underscores, at most 63")]
    public string Id { get; init; } = "sheaf";

    /// <summary>The name under which states are stored.</summary>
    [Description("The name under which states are stored. It must stay the same for as long as they are to be found.")]
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,62}", ErrorMessage = "letters, digits, dots, dashes and underscores, at most 63")]
    public string ServiceId { get; init; } = "sheaf";

    /// <summary>The silo's own name.</summary>
    [Description("The silo's name, in logs and in 'sheaf cluster show'. Default: the machine's name.")]
    public string Silo { get; init; } = Environment.MachineName;
}

/// <summary>How soon a cluster finds out that a silo is gone. The same for all of its silos.</summary>
public sealed record MembershipSettings
{
    /// <summary>The time between two probes.</summary>
    [Description("How often silos probe one another, and how long they wait for the answer.")]
    [Range(typeof(TimeSpan), "00:00:00.200", "00:01:00")]
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Probes that may be missed.</summary>
    [Description("How many probes in a row a silo may miss before it is declared dead.")]
    [Range(1, 20)]
    public int MissedMax { get; init; } = 3;
}

/// <summary>How much a silo takes on before it refuses.</summary>
public sealed record LimitSettings
{
    /// <summary>The longest message.</summary>
    [Description("The longest message, in bytes. Checkpoints and sums travel in chunks far below it.")]
    [Range(2 * 1024 * 1024, 100 * 1024 * 1024)]
    public int MessageBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>The most calls that wait for one grain.</summary>
    [Description("The most calls that may wait for one grain; further ones are refused at once.")]
    [Range(100, 1_000_000)]
    public int RequestsPerGrainMax { get; init; } = 10_000;

    /// <summary>The most devices that stay awake.</summary>
    [Description("The most devices that stay awake on this silo when their calls are answered: those that were not called for longest fall asleep first.")]
    [Range(1, 10_000_000)]
    public int AwakeDevicesMax { get; init; } = 50_000;
}

/// <summary>Which libtorch a silo computes with.</summary>
public sealed record TorchSettings
{
    /// <summary>An existing libtorch.</summary>
    [Description("The folder of an existing libtorch that is used instead of the one it came with: that of a Python PyTorch (…/site-packages/torch), for instance. Linux only. Default: its own.")]
    public string LibraryPath { get; init; } = "";

    /// <summary>Whether its version may be another.</summary>
    [Description("Take a libtorch of another version than TorchSharp was built for, at your own risk, as long as it has all the functions that TorchSharp asks for.")]
    public bool AllowOtherVersion { get; init; }
}

/// <summary>What a silo says.</summary>
public sealed record LogSettings
{
    /// <summary>The least important lines that are written.</summary>
    [Description("The least important lines of its own that are written: debug, information, warning or error. What its libraries say is written from warning on.")]
    public LogThreshold Level { get; init; } = LogThreshold.Information;

    /// <summary>Whether lines are JSON.</summary>
    [Description("How lines look: text for people, json for collectors.")]
    public LogFormat Format { get; init; } = LogFormat.Text;
}

/// <summary>How important a line must be.</summary>
public enum LogThreshold
{
    /// <summary>Everything.</summary>
    Debug,

    /// <summary>What happens.</summary>
    Information,

    /// <summary>What may need somebody.</summary>
    Warning,

    /// <summary>What failed.</summary>
    Error,
}

/// <summary>How lines look.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For collectors.</summary>
    Json,
}

using System.CommandLine;
using System.CommandLine.Parsing;
using Sheaf.Client.Clusters;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary>The options that name a cluster of other processes, and the certificate for it.</summary>
internal sealed class ClusterOption
{
    /// <summary>The environment variable that names the cluster when the option does not.</summary>
    public const string Variable = "SHEAF_CLUSTER";

    /// <summary>The environment variable that names the certificate's folder when the option does not.</summary>
    public const string TlsVariable = "SHEAF_TLS";

    private readonly Option<ClusterAddress?> _address;
    private readonly Option<string?> _tls = PathOption.Create(
        "--tls", "DIR", $"With --cluster: the folder of the client's certificate (tls.crt, tls.key, silo-ca.crt); by default the one in {TlsVariable}.");

    /// <summary>Makes the options.</summary>
    /// <param name="description">What the cluster is for.</param>
    public ClusterOption(string description) => _address = new Option<ClusterAddress?>("--cluster")
    {
        Description = $"{description} As [NAME@]HOST[:PORT], several hosts with commas.",
        HelpName = "ADDRESS",
        CustomParser = Parse,
    };

    /// <summary>The options, to be added to a command.</summary>
    public IEnumerable<Option> Options => [_address, _tls];

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Add(_address);
        command.Add(_tls);
    }

    /// <summary>Whether a cluster is named on the command line.</summary>
    /// <param name="result">The command's part of it.</param>
    /// <returns>True when it is.</returns>
    public bool IsGiven(CommandResult result) => result.GetResult(_address) is not null;

    /// <summary>The cluster that is named on the command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The cluster, with the certificate's folder; null when none is named.</returns>
    public ClusterAddress? Given(ParseResult parsed) => parsed.GetValue(_address) is { } address ? address with { Tls = TlsOf(parsed) } : null;

    /// <summary>The cluster of commands that have no other place to look.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The cluster that is named there, or in the environment.</returns>
    /// <exception cref="RunFailedException">None is named.</exception>
    public ClusterAddress Required(ParseResult parsed) => Given(parsed)
        ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? ClusterAddress.Parse(named) with { Tls = TlsOf(parsed) } : null)
        ?? throw new RunFailedException($"Which cluster? Name it with --cluster, for example --cluster sheaf@127.0.0.1:30000, or in the environment variable {Variable}.");

    private static ClusterAddress? Parse(ArgumentResult result)
    {
        try
        {
            return ClusterAddress.Parse(result.Tokens[0].Value);
        }
        catch (RunFailedException exception)
        {
            result.AddError($"--cluster: {exception.Message}");
            return null;
        }
    }

    private string? TlsOf(ParseResult parsed)
    {
        var folder = parsed.GetValue(_tls) ?? Environment.GetEnvironmentVariable(TlsVariable);
        return string.IsNullOrEmpty(folder) ? null : Path.GetFullPath(folder);
    }
}

using System.CommandLine;
using Sheaf.Client.Clusters;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary>Makes the option that names a cluster.</summary>
internal static class ClusterOption
{
    /// <summary>The environment variable that names the cluster when the option does not.</summary>
    public const string Variable = "SHEAF_CLUSTER";

    /// <summary>Makes the option.</summary>
    /// <param name="description">What it is for.</param>
    /// <returns>The option; null when it is not given.</returns>
    public static Option<ClusterAddress?> Create(string description)
    {
        var option = new Option<ClusterAddress?>("--cluster") { Description = $"{description} As [NAME@]HOST[:PORT], several hosts with commas.", HelpName = "ADDRESS" };
        option.CustomParser = result =>
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
        };
        return option;
    }

    /// <summary>The cluster of commands that have no other place to look.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option.</param>
    /// <returns>The cluster that is named there, or in the environment.</returns>
    /// <exception cref="RunFailedException">None is named.</exception>
    public static ClusterAddress Required(ParseResult parsed, Option<ClusterAddress?> option) => parsed.GetValue(option)
        ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? ClusterAddress.Parse(named) : null)
        ?? throw new RunFailedException($"Which cluster? Name it with --cluster, for example --cluster sheaf@127.0.0.1:30000, or in the environment variable {Variable}.");
}

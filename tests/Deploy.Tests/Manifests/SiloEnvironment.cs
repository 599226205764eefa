using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using Microsoft.Extensions.Configuration;
using Sheaf.Silo.Configuration;

namespace Sheaf.Deploy.Tests.Manifests;

/// <summary>The environment of a silo's container, as the kubelet makes it.</summary>
internal static partial class SiloEnvironment
{
    /// <summary>Makes it.</summary>
    /// <param name="overlay">The overlay.</param>
    /// <param name="deployment">The silo's Deployment.</param>
    /// <param name="pod">The pod's name.</param>
    /// <param name="address">The pod's address.</param>
    /// <param name="secret">What a key of a Secret holds.</param>
    /// <returns>Variables and their values.</returns>
    public static Dictionary<string, string> Of(Overlay overlay, V1Deployment deployment, string pod, string address, Func<string, string, string> secret)
    {
        var container = deployment.Spec.Template.Spec.Containers.Single();
        var environment = container.EnvFrom
            .SelectMany(source => overlay.Of<V1ConfigMap>().Single(map => map.Metadata.Name == source.ConfigMapRef.Name).Data)
            .ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (var variable in container.Env)
        {
            // What is defined further up may be named; what is not stays as it is written.
            environment[variable.Name] = variable.ValueFrom switch
            {
                null => Named().Replace(variable.Value, match => environment.GetValueOrDefault(match.Groups[1].Value, match.Value)),
                { FieldRef.FieldPath: "metadata.name" } => pod,
                { FieldRef.FieldPath: "status.podIP" } => address,
                { ResourceFieldRef.Resource: "requests.cpu" } => decimal.Ceiling(container.Resources.Requests["cpu"].ToDecimal()).ToString(CultureInfo.InvariantCulture),
                { SecretKeyRef: { } key } => secret(key.Name, key.Key),
                _ => throw new NotSupportedException($"{variable.Name} comes from where no test knows."),
            };
        }

        return environment;
    }

    /// <summary>Reads the settings in an environment as the silo does.</summary>
    public static (SiloSettings Settings, IReadOnlyList<string> Problems) Read(IReadOnlyDictionary<string, string> environment) => SettingsReader.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(environment
                .Where(variable => variable.Key.StartsWith(SettingsReader.Prefix, StringComparison.Ordinal))
                .Select(variable => KeyValuePair.Create(variable.Key[SettingsReader.Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)))
            .Build());

    [GeneratedRegex(@"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")]
    private static partial Regex Named();
}

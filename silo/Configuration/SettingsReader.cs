using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Sheaf.Silo.Configuration;

/// <summary>Reads settings, and finds everything that is wrong with them at once.</summary>
public static class SettingsReader
{
    /// <summary>What environment variables that are settings begin with; <c>__</c> stands for the colon.</summary>
    public const string Prefix = "SHEAF_";

    /// <summary>Where a silo finds its settings: a file, then the environment, then the command line, each over the one before.</summary>
    /// <param name="folder">The folder of <c>appsettings.json</c>, which need not be there.</param>
    /// <param name="args">The command line: <c>--Storage:Kind=postgres</c>.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="InvalidDataException">The file is no JSON.</exception>
    public static IConfigurationRoot Load(string folder, string[] args) => new ConfigurationBuilder()
        .SetBasePath(folder)
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables(Prefix)
        .AddCommandLine(args)
        .Build();

    /// <summary>Reads settings.</summary>
    /// <param name="configuration">Where they are.</param>
    /// <returns>The settings, and whatever is wrong with them: unknown names, values that are none, values out of range, values that contradict each other.</returns>
    public static (SiloSettings Settings, IReadOnlyList<string> Problems) Read(IConfigurationRoot configuration)
    {
        var problems = new List<string>();
        var settings = (SiloSettings)Read(configuration, configuration, typeof(SiloSettings), problems);
        if (problems.Count == 0)
        {
            problems.AddRange(settings.Endpoints.Problems(settings.Tls.IsSet));
            problems.AddRange(settings.Tls.Problems());
            problems.AddRange(settings.Audit.Problems(settings.Tls.IsSet));
            problems.AddRange(settings.Storage.Problems(settings.Endpoints));
            problems.AddRange(settings.Telemetry.Problems());
        }

        return (settings, problems);
    }

    /// <summary>All settings.</summary>
    /// <returns>Their keys, what they mean, and their defaults.</returns>
    public static IEnumerable<(string Key, string Meaning, string Default)> Describe() => Describe("", new SiloSettings());

    private static IEnumerable<(string Key, string Meaning, string Default)> Describe(string prefix, object settings) =>
        settings.GetType().GetProperties().SelectMany(property => property.GetCustomAttribute<DescriptionAttribute>() is { } meaning
            ? [(prefix + property.Name, meaning.Description, TextOf(property.GetValue(settings)))]
            : Describe($"{prefix}{property.Name}:", property.GetValue(settings)!));

    private static object Read(IConfigurationRoot root, IConfiguration from, Type type, List<string> problems)
    {
        var settings = Activator.CreateInstance(type)!;
        var properties = type.GetProperties();
        foreach (var child in from.GetChildren())
        {
            var property = properties.FirstOrDefault(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                var known = properties.Select(property => from is IConfigurationSection section ? $"{section.Path}:{property.Name}" : property.Name);
                problems.Add($"{child.Path} ({OriginOf(root, child)}) is no setting. There are {string.Join(", ", known)}.");
            }
            else if (property.GetCustomAttribute<DescriptionAttribute>() is null)
            {
                if (!string.IsNullOrEmpty(child.Value))
                {
                    var parts = property.PropertyType.GetProperties().Select(part => $"{property.Name}:{part.Name}");
                    problems.Add($"{child.Path} is '{child.Value}' ({OriginOf(root, child)}): it is a group of settings, {string.Join(", ", parts)}.");
                }

                property.SetValue(settings, Read(root, child, property.PropertyType, problems));
            }
            else if (TryParse(child.Value, property, out var value, out var rule))
            {
                property.SetValue(settings, value);
            }
            else
            {
                problems.Add($"{child.Path} is '{child.Value}' ({OriginOf(root, child)}): it must be {rule}.");
            }
        }

        return settings;
    }

    private static bool TryParse(string? text, PropertyInfo property, out object? value, out string rule)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        var pattern = property.GetCustomAttribute<RegularExpressionAttribute>();
        var type = property.PropertyType;
        rule = type.IsEnum ? string.Join(" or ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()))
            : type == typeof(bool) ? "true or false"
            : type == typeof(TimeSpan) ? $"a time from {range!.Minimum} to {range.Maximum}, as hours:minutes:seconds"
            : type == typeof(int) ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {range!.Minimum} to {range.Maximum}")
            : type == typeof(double) ? string.Create(CultureInfo.InvariantCulture, $"a number from {range!.Minimum} to {range.Maximum}")
            : pattern?.ErrorMessage ?? "a text";
        value = type.IsEnum ? Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse(type, text!, ignoreCase: true) : null
            : type == typeof(bool) ? bool.TryParse(text, out var flag) ? flag : null
            : type == typeof(TimeSpan) ? TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null
            : type == typeof(int) ? int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null
            : type == typeof(double) ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : null
            : text;
        return value is not null && range?.IsValid(value) != false && pattern?.IsValid(value) != false;
    }

    private static string OriginOf(IConfigurationRoot root, IConfigurationSection setting) =>
        root.Providers.Reverse().FirstOrDefault(provider => provider.TryGet(setting.Path, out _) || provider.GetChildKeys([], setting.Path).Any()) switch
        {
            EnvironmentVariablesConfigurationProvider => $"environment variable {Prefix}{setting.Path.Replace(":", "__", StringComparison.Ordinal)}",
            CommandLineConfigurationProvider => $"command line --{setting.Path}",
            JsonConfigurationProvider file => file.Source.Path!,
            _ => "configuration",
        };

    private static string TextOf(object? value) => value switch
    {
        Enum or bool => value.ToString()!.ToLowerInvariant(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}

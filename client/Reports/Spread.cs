using System.Globalization;

namespace Sheaf.Client.Reports;

/// <summary>The mean of some values and how far they lie from it.</summary>
/// <param name="Count">How many values there are, at least 1.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation with n − 1 in the denominator; 0 for a single value.</param>
internal readonly record struct Spread(int Count, double Mean, double Deviation)
{
    /// <summary>Works out the spread of values.</summary>
    /// <param name="values">The values, at least one.</param>
    /// <returns>Their spread.</returns>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Spread Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        var deviation = values.Count > 1 ? Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)) : 0;
        return new Spread(values.Count, mean, deviation);
    }

    /// <summary>The mean, and the deviation when there is more than one value.</summary>
    /// <param name="format">How numbers are written.</param>
    /// <returns>For example <c>0.81 ± 0.02</c>.</returns>
    public string Show(string format) => Show(format, format);

    /// <summary>The mean, and the deviation when there is more than one value.</summary>
    /// <param name="format">How the mean is written.</param>
    /// <param name="deviationFormat">How the deviation is written.</param>
    /// <returns>For example <c>+0.81 ± 0.02</c>.</returns>
    public string Show(string format, string deviationFormat) => Count > 1
        ? $"{Mean.ToString(format, CultureInfo.InvariantCulture)} ± {Deviation.ToString(deviationFormat, CultureInfo.InvariantCulture)}"
        : Mean.ToString(format, CultureInfo.InvariantCulture);
}

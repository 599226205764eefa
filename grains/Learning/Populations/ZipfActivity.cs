namespace Sheaf.Learning.Populations;

/// <summary>
/// Expected examples by rank: min(max, c·rank^−z), where c makes the mean over all ranks what was asked for
/// (Zipf's law, with the head cut so that no device is too heavy to hold).
/// </summary>
internal sealed class ZipfActivity
{
    private const int ExactTermsMax = 4096;
    private const int Bisections = 100;

    private readonly double _exponent;
    private readonly double _max;
    private readonly double _scale;
    private readonly double[] _harmonic;

    /// <summary>Finds the scale.</summary>
    /// <param name="devices">How many ranks there are, at least 1.</param>
    /// <param name="exponent">The exponent z, at least 0.</param>
    /// <param name="mean">Mean examples per device, above 0 and at most <paramref name="max"/>.</param>
    /// <param name="max">The most expected examples of one device.</param>
    public ZipfActivity(long devices, double exponent, double mean, double max)
    {
        (_exponent, _max) = (exponent, max);
        _harmonic = new double[Math.Min(devices, ExactTermsMax) + 1];
        for (var rank = 1; rank < _harmonic.Length; rank++)
        {
            _harmonic[rank] = _harmonic[rank - 1] + Math.Pow(rank, -exponent);
        }

        _scale = ScaleFor(devices, mean);
    }

    /// <summary>The expected examples of a device, of which the fraction is a chance.</summary>
    /// <param name="rank">Its rank, 1 for the heaviest.</param>
    /// <returns>A value above 0 and at most the maximum.</returns>
    public double ExpectedOf(long rank) =>
        Math.Min(_max, _exponent == 1 ? _scale / rank : _scale * Math.Pow(rank, -_exponent));

    private double ScaleFor(long devices, double mean)
    {
        // With exponent 0 every device has exactly the mean, to the last bit, so that equal stays equal.
        var uncapped = _exponent == 0 ? mean : mean * devices / Harmonic(devices);
        if (uncapped <= _max)
        {
            return uncapped;
        }

        var (low, high) = (uncapped, _max * Math.Pow(devices, _exponent));
        for (var i = 0; i < Bisections; i++)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = Total(middle, devices) < mean * devices ? (middle, high) : (low, middle);
        }

        return high;
    }

    private double Total(double scale, long devices)
    {
        var capped = Math.Min(devices, (long)Math.Pow(scale / _max, 1 / _exponent));
        return (capped * _max) + (scale * (Harmonic(devices) - Harmonic(capped)));
    }

    /// <summary>Σ rank^−z for ranks 1…n: exact terms, then the Euler–Maclaurin formula to the first derivative.</summary>
    private double Harmonic(long n)
    {
        var exact = _harmonic.Length - 1;
        if (n <= exact)
        {
            return _harmonic[n];
        }

        double a = exact, b = n;
        var integral = _exponent == 1 ? Math.Log(b / a) : (Math.Pow(b, 1 - _exponent) - Math.Pow(a, 1 - _exponent)) / (1 - _exponent);
        var ends = (Math.Pow(b, -_exponent) - Math.Pow(a, -_exponent)) / 2;
        var slopes = _exponent * (Math.Pow(a, -_exponent - 1) - Math.Pow(b, -_exponent - 1)) / 12;
        return _harmonic[exact] + integral + ends + slopes;
    }
}

using System.Runtime.InteropServices;

namespace Sheaf.Learning.Torch;

/// <summary>Native tensor code refused or failed; no update of the call may be used.</summary>
public sealed class TorchComputationException : Exception
{
    /// <summary>Wraps a native failure.</summary>
    /// <param name="computation">What was being computed: <c>training 32 devices</c>.</param>
    /// <param name="native">The native exception; of its text, which ends in a C++ stack, the message keeps the first line.</param>
    public TorchComputationException(string computation, ExternalException native)
        : base($"Torch failed while {computation}: {FirstLine(native)} If memory ran out, give the silo more or train fewer devices at once.", native)
    {
        ArgumentNullException.ThrowIfNull(computation);
        Computation = computation;
    }

    /// <summary>What was being computed.</summary>
    public string Computation { get; }

    private static string FirstLine(ExternalException native)
    {
        ArgumentNullException.ThrowIfNull(native);
        var text = native.Message.AsSpan().Trim();
        var end = text.IndexOfAny('\r', '\n');
        var line = (end < 0 ? text : text[..end]).TrimEnd();
        return line.EndsWith(".", StringComparison.Ordinal) ? line.ToString() : $"{line}.";
    }
}

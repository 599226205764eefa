namespace Sheaf.Learning.Extensions;

/// <summary>A class that a user brings.</summary>
/// <param name="Assembly">The path of its assembly, on every machine that works for the task.</param>
/// <param name="Class">Its full name, the namespace included.</param>
public sealed record OwnClass(string Assembly, string Class);

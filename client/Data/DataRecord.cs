namespace Sheaf.Client.Data;

/// <summary>The fields of one row as they stand in the file, before they are checked.</summary>
/// <param name="Line">The line where the row starts, the first being 1.</param>
/// <param name="Device">The device's field; null when it is not there.</param>
/// <param name="Time">The time's field; null when it is not there.</param>
/// <param name="Text">The text's field; null when it is not there.</param>
/// <param name="Label">The label's field; null when it is not there.</param>
/// <param name="Split">The split's field; null when it is not there.</param>
internal readonly record struct DataRecord(long Line, string? Device, string? Time, string? Text, string? Label, string? Split);

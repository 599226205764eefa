namespace Sheaf.Client.Data;

/// <summary>Reads the rows of one format, one after the other. Not thread-safe.</summary>
internal interface IDataRecordReader : IDisposable
{
    /// <summary>The number of the row that was read last, the first being 1; bad rows count, blank lines do not.</summary>
    long RowNumber { get; }

    /// <summary>Reads the next well-formed row; malformed ones go into the report and are passed over.</summary>
    /// <param name="record">The row.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="DataFileException">A column is missing.</exception>
    /// <exception cref="IOException">The file cannot be read on.</exception>
    /// <exception cref="InvalidDataException">The compressed data is damaged.</exception>
    bool TryRead(out DataRecord record);
}

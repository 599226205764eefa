namespace Sheaf.Abstractions;

/// <summary>A cluster's database cannot be read or written. The message is for whoever runs the cluster: which file, why, and the remedy.</summary>
[GenerateSerializer, Alias("sheaf.StorageFailedException")]
public sealed class StorageFailedException : OrleansException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do: whole sentences.</param>
    /// <param name="isPassing">Whether what is stored is sound, so that work goes on from it once the remedy is applied.</param>
    /// <param name="innerException">What the database said; null when it said nothing.</param>
    public StorageFailedException(string message, bool isPassing, Exception? innerException = null)
        : base(message, innerException!) => IsPassing = isPassing;

    /// <summary>Whether what is stored is sound, so that work goes on from it once the remedy is applied.</summary>
    [Id(0)]
    public bool IsPassing { get; private set; }

    /// <summary>Finds the failure of a storage behind another exception.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <returns>The exception itself or the first one inside it that tells of a storage; null when none does.</returns>
    public static StorageFailedException? In(Exception? exception)
    {
        while (exception is not (null or StorageFailedException))
        {
            exception = exception.InnerException;
        }

        return (StorageFailedException?)exception;
    }
}

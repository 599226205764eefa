namespace Sheaf.Learning.Optimizers;

internal static class UpdateLength
{
    internal static void Ensure(ServerState state, ReadOnlySpan<float> meanUpdate)
    {
        if (state.Parameters.Length != meanUpdate.Length)
        {
            throw new ArgumentException(
                $"An update of {meanUpdate.Length} values does not fit a checkpoint of {state.Parameters.Length}: both must be of the same model.",
                nameof(meanUpdate));
        }
    }
}

using System.Collections.Immutable;

namespace Sheaf.Learning.Optimizers;

/// <summary>What a server optimizer carries from round to round. A value: nothing changes an array once it is here.</summary>
/// <param name="Parameters">The checkpoint, flat.</param>
/// <param name="Moments">The optimizer's moments, each as long as the checkpoint; empty for FedAvg.</param>
/// <param name="Step">How many updates have been applied.</param>
public sealed record ServerState(float[] Parameters, ImmutableArray<float[]> Moments, long Step);

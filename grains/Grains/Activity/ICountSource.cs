namespace Sheaf.Grains.Activity;

/// <summary>Where the counts of a shard's devices come from.</summary>
internal interface ICountSource
{
    /// <summary>The devices' positions.</summary>
    ulong[] Positions { get; }

    /// <summary>The id of a device.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>The id.</returns>
    string IdOf(int index);

    /// <summary>The index of a device.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The index; negative when there is no such device.</returns>
    int IndexOf(string id);

    /// <summary>The counts of all devices that draws go by.</summary>
    /// <param name="basis">Which counts.</param>
    /// <param name="decay">γ, in (0, 1]: an example of a periods ago counts γ^a, with the current counts only.</param>
    /// <returns>One count per device, which is not changed any more.</returns>
    int[] CountsBy(DrawBasis basis, double decay);
}

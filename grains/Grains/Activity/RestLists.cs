namespace Sheaf.Grains.Activity;

/// <summary>Which devices of a shard the tasks leave out of their next draw: one list a task, of the last few tasks.</summary>
internal sealed class RestLists
{
    private const int TasksMax = 32;

    private readonly OrderedDictionary<string, (string Name, string[] Devices)> _byTask = new(StringComparer.Ordinal);

    /// <summary>Replaces the list of a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="name">The list's name.</param>
    /// <param name="devices">The devices.</param>
    public void Set(string task, string name, string[] devices)
    {
        _byTask.Remove(task);
        _byTask.Add(task, (name, devices));
        if (_byTask.Count > TasksMax)
        {
            _byTask.RemoveAt(0);
        }
    }

    /// <summary>A list.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The devices.</returns>
    /// <exception cref="InvalidOperationException">It is not known: the shard has started anew, or the task has sent another one.</exception>
    public string[] Of(string name)
    {
        foreach (var (known, devices) in _byTask.Values)
        {
            if (known == name)
            {
                return devices;
            }
        }

        throw new InvalidOperationException($"The shard does not know the list '{name}' of devices to leave out: send it and draw again.");
    }
}

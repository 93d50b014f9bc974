namespace Runner.Execution.Processes;

/// <summary>Kills a process with all that it started.</summary>
internal static class ProcessTree
{
    // A tree that forks while it is killed needs further rounds; one that still does after these is beyond us.
    private const int MaxRounds = 10;

    /// <summary>Kills the process, its group, and every descendant, also those that made groups of their own.</summary>
    /// <param name="root">The process; it may have ended, but its id must not have been given to another.</param>
    /// <param name="family">Members that were known before, whose parents may have gone meanwhile.</param>
    public static void Kill(int root, HashSet<ProcessEntry> family)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var count = family.Count;
            var running = AddFamily(root, family);
            _ = Libc.Kill(-root, Libc.SignalKill);
            foreach (var entry in running)
            {
                _ = Libc.Kill(entry.Id, Libc.SignalKill);
            }

            if (running.Count == 0 || (round > 0 && family.Count == count))
            {
                return;
            }
        }
    }

    /// <summary>Adds the process and its descendants to those known; returns all of them that run now.</summary>
    public static IReadOnlyList<ProcessEntry> AddFamily(int root, HashSet<ProcessEntry> family)
    {
        var running = new List<ProcessEntry>();
        var table = ProcessTable.Read();
        var known = family.Select(entry => (entry.Id, entry.Start)).ToHashSet();
        var members = new HashSet<int> { root };
        members.UnionWith(table.Where(entry => known.Contains((entry.Id, entry.Start))).Select(entry => entry.Id));
        while (table.RemoveAll(entry => IsMember(entry, root, members, running)) > 0)
        {
            // Each turn finds the children of those that the last one found.
        }

        family.UnionWith(running);
        return running;
    }

    /// <summary>Kills every process that has an entry in the environment it was started with; returns them.</summary>
    public static IReadOnlyList<ProcessEntry> KillMarked(string name, string value)
    {
        var marker = System.Text.Encoding.UTF8.GetBytes($"{name}={value}\0");
        var own = Environment.ProcessId;
        var killed = new List<ProcessEntry>();
        foreach (var entry in ProcessTable.Read())
        {
            if (entry.Id != own && ProcessTable.EnvironmentOf(entry.Id).AsSpan().IndexOf(marker) >= 0)
            {
                _ = Libc.Kill(entry.Id, Libc.SignalKill);
                killed.Add(entry);
            }
        }

        return killed;
    }

    /// <summary>
    /// Kills every descendant of a process, but not the process; returns them. Neither another session nor another environment hides one, nor the
    /// loss of its parent where the process adopts orphans (<see cref="OrphanReaper"/>).
    /// </summary>
    public static IReadOnlyList<ProcessEntry> KillDescendants(int ancestor)
    {
        var killed = new List<ProcessEntry>();
        for (var round = 0; round < MaxRounds && ProcessTable.MayHaveChildren(ancestor); round++)
        {
            var table = ProcessTable.Read();
            var members = new HashSet<int> { ancestor };
            while (table.Where(entry => members.Contains(entry.Parent) && !members.Contains(entry.Id)).Select(entry => entry.Id).ToList() is { Count: > 0 } more)
            {
                members.UnionWith(more);
            }

            var found = table.Where(entry => entry.Id != ancestor && members.Contains(entry.Id)).ToList();
            if (found.Count == 0)
            {
                break;
            }

            foreach (var entry in found)
            {
                _ = Libc.Kill(entry.Id, Libc.SignalKill);
            }

            killed.AddRange(found.Except(killed));
        }

        return killed;
    }

    private static bool IsMember(ProcessEntry entry, int root, HashSet<int> members, List<ProcessEntry> running)
    {
        if (entry.Group != root && !members.Contains(entry.Id) && !members.Contains(entry.Parent))
        {
            return false;
        }

        members.Add(entry.Id);
        running.Add(entry);
        return true;
    }
}

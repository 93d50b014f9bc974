namespace Runner.Execution.Processes;

/// <summary>Kills a process with all that it started.</summary>
internal static class ProcessTree
{
    // A tree that forks while it is killed needs further rounds; one that still does after these is beyond us.
    private const int MaxRounds = 10;

    /// <summary>Kills the process, its group, and every descendant, also those that made groups of their own.</summary>
    public static void Kill(int root)
    {
        var known = new HashSet<int> { root };
        for (var round = 0; round < MaxRounds; round++)
        {
            var members = Members(ProcessTable.Read(), known, root);
            foreach (var member in members)
            {
                known.Add(member);
                _ = Libc.Kill(member, Libc.SignalKill);
            }

            _ = Libc.Kill(-root, Libc.SignalKill);
            if (members.Count == 0)
            {
                return;
            }
        }
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

    // Killed processes stay in the table for a moment, so those that were met before are not counted again.
    private static List<int> Members(List<ProcessEntry> table, HashSet<int> known, int root)
    {
        var family = new HashSet<int>(known);
        var found = true;
        while (found)
        {
            found = false;
            foreach (var entry in table)
            {
                if ((entry.Group == root || family.Contains(entry.Parent)) && family.Add(entry.Id))
                {
                    found = true;
                }
            }
        }

        family.ExceptWith(known);
        if (known.Count == 1 && table.Exists(entry => entry.Id == root))
        {
            family.Add(root);
        }

        return [.. family];
    }
}

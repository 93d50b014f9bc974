namespace Runner.Benchmarks.EndToEnd;

/// <summary>What an agent with many idle slots holds in memory.</summary>
internal static class SlotBenchmark
{
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (slots, resident, own) in new[] { (1, "60", "40"), (200, "200", "100") })
        {
            await using var bench = await Bench.StartAsync(slots, cancellationToken);
            await bench.RunAsync(["true"], cancellationToken);
            Figures.Print($"agent's resident memory, {slots} idle slot(s)", "MB", [bench.Agent.Megabytes], resident);
            Figures.Print($"of which its own, {slots} idle slot(s)", "MB", [bench.Agent.OwnMegabytes], own);
        }
    }
}

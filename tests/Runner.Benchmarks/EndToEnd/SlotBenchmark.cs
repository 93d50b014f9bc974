namespace Runner.Benchmarks.EndToEnd;

/// <summary>What an agent with many idle slots holds in memory.</summary>
internal static class SlotBenchmark
{
    private const int Slots = 200;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var bench = await Bench.StartAsync(Slots, cancellationToken);
        await bench.RunAsync(["true"], cancellationToken);
        Figures.Print($"agent's resident memory, {Slots} idle slots", "MB", [bench.AgentMegabytes], "200");
    }
}

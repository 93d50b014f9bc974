namespace Runner.Worker;

/// <summary>The worker's commands.</summary>
internal static class WorkerProgram
{
    /// <summary>Runs the command that the arguments name; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        await Console.Error.WriteLineAsync($"runner-worker: unknown command '{string.Join(' ', args)}'");
        return 64;
    }
}

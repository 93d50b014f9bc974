using Runner.Backends;
using Runner.Cli;
using Runner.Cli.CommandLine;
ProcessMemory.Close(); // agent, local runs and emulator: each has secrets
var surroundings = CliSurroundings.OfProcess();
try
{
    return await RunnerCommandLine.RunAsync(args, surroundings);
}
catch (Exception bug)
{
    // Everything that can be expected was told before: this is ours to mend, with all that is known of it.
    await surroundings.Error.WriteLineAsync($"runner: this is a bug\n{bug}");
    return ExitCodes.Bug;
}

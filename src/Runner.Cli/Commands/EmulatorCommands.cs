using System.CommandLine;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner emulator …</c>: a local GitHub.</summary>
internal static class EmulatorCommands
{
    public static Command Build(CliSurroundings surroundings) =>
        new("emulator", "A local GitHub that speaks the real protocol: run it, queue workflows to it, look at their runs.")
        {
            EmulatorServeCommand.Build(surroundings),
            EmulatorQueueCommand.Build(surroundings),
            EmulatorRunsCommand.Build(surroundings),
            EmulatorJobsCommand.Build(surroundings),
            EmulatorLogCommand.Build(surroundings),
            EmulatorCancelCommand.Build(surroundings),
            EmulatorRunnerCommands.BuildToken(surroundings),
            EmulatorRunnerCommands.BuildJitConfig(surroundings),
        };
}

using Runner.Cli.CommandLine;

return await RunnerCommandLine.RunAsync(args, CliSurroundings.OfProcess());

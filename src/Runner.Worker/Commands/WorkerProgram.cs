using System.Collections;
using Runner.Jobs.Errors;
using Runner.Worker.Hosting;
using Runner.Worker.Logging;

namespace Runner.Worker.Commands;

/// <summary>The worker's commands and what they are made of.</summary>
internal static class WorkerProgram
{
    private const string Help = """
        runner-worker: runs one GitHub Actions job beside its steps.

          runner-worker job --payload -|FILE
              Runs the job of a payload, read once from standard input or from a file that is removed at once. SIGUSR2 or SIGINT
              cancels the job; SIGTERM stops it as one whose place is taken away, which fails it. The outcome is left where the
              payload says.
          runner-worker wait --for SECONDS [--spool DIR]
              Waits for a job that 'give' brings, then runs it as 'job' does; ends by itself where none comes.
          runner-worker give --job ID --payload BYTES [--spool DIR]
              Gives the worker that waits in this pod its job: so many bytes of standard input.
          runner-worker setup --bin DIR [--from SECRET_DIR --to PAYLOAD_DIR] [--externals DIR] [--keep DIR]
              Sets a job pod up: copies the worker and its CA bundle to the pod's volumes and the payload to memory; with
              --externals Node.js too, which with --keep is copied there only once for all jobs; --keep alone only makes that folder.
          runner-worker cancel [--grace SECONDS] [--spool DIR]
              Asks the worker that runs in this pod to cancel its job. Default spool: /runner/spool.
          runner-worker release [--failure BYTES] [--spool DIR]
              Tells the worker that runs in this pod that its job's services are ready, or why not: so many bytes of standard input.
          runner-worker removal --reason BYTES [--spool DIR]
              Tells the worker that runs in this pod that the pod is taken away, and why: so many bytes of standard input.
          runner-worker log --until now|end [--last BYTES] [--spool DIR]
              Prints the log of the job that runs here, as it is sent to GitHub: the last part of it, and with 'end' what comes.
          runner-worker link [--spool DIR]
              Bridges its standard input and output to the worker that runs here, which asked its launcher for something.
          runner-worker signal --name INT|TERM|KILL
              Sends a signal to the first process of the container that this is run in; for containers of actions, which share the
              processes of the job's.
          runner-worker version

        Exit codes: 0 the job was concluded and reported (or the command done), 64 wrong arguments, 69 something outside failed,
        70 a bug of the worker, 75 the worker that was told has not answered.

        """;

    private static readonly string[] Commands = ["job", "wait", "give", "setup", "cancel", "release", "removal", "log", "link", "signal", "version", "help"];

    /// <summary>Runs the command that the arguments name; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var time = TimeProvider.System;
        var environment = ReadEnvironment();
        GiveHome();
        using var loggers = new StderrLoggerFactory(Console.Error, time);
        var host = new WorkerHost
        {
            Environment = environment,
            Folder = Path.GetDirectoryName(Environment.ProcessPath) ?? AppContext.BaseDirectory,
            Started = time.GetUtcNow(),
            Time = time,
            Loggers = loggers,
            HasOnlyStepsAsChildren = true,
        };
        try
        {
            switch (args.FirstOrDefault())
            {
                case "job":
                    return await JobCommand.RunAsync(Arguments.Parse(args, ["--payload"], [])["--payload"], host);
                case "wait":
                    return await WaitCommand.RunAsync(Arguments.Parse(args, ["--for"], ["--spool"]), host);
                case "give":
                    return await GiveCommand.RunAsync(Arguments.Parse(args, ["--job", "--payload"], ["--spool"]), Console.OpenStandardInput(), Console.Error, time);
                case "setup":
                    return SetupCommand.Run(Arguments.Parse(args, ["--bin"], ["--from", "--to", "--externals", "--keep", "--link", "--hosts", "--names"]), host);
                case "cancel":
                    return CancelCommand.Run(Arguments.Parse(args, [], ["--grace", "--spool"]), Console.Error);
                case "release":
                    return ReleaseCommand.Run(Arguments.Parse(args, [], ["--failure", "--spool"]), Console.OpenStandardInput(), Console.Error);
                case "removal":
                    return RemovalCommand.Run(Arguments.Parse(args, ["--reason"], ["--spool"]), Console.OpenStandardInput(), Console.Error);
                case "log":
                    return await LogCommand.RunAsync(Arguments.Parse(args, ["--until"], ["--last", "--spool"]), Console.OpenStandardInput(), Console.OpenStandardOutput(), time);
                case "link":
                    return await LinkCommand.RunAsync(Arguments.Parse(args, [], ["--spool"]), Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error);
                case "signal":
                    return SignalCommand.Run(Arguments.Parse(args, ["--name"], [])["--name"], Console.Error);
                case "version" or "--version":
                    Console.Out.WriteLine(WorkerVersion.Text);
                    return ExitCodes.Ok;
                case "help" or "--help" or "-h":
                    Console.Out.Write(Help);
                    return ExitCodes.Ok;
                case null:
                    Console.Error.Write(Help);
                    return ExitCodes.Usage;
                case var command:
                    throw new UsageException($"unknown command '{command}'; expected {string.Join(", ", Commands[..^2])} or {Commands[^2]}" + NearestName.Hint(command, Commands));
            }
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine($"runner-worker: {exception.Message}");
            return ExitCodes.Usage;
        }
        catch (InfrastructureException exception)
        {
            Console.Error.WriteLine($"runner-worker: {exception.Message}");
            return ExitCodes.Infrastructure;
        }
        catch (Exception exception)
        {
            // Main: a bug ends the process with its stack and 70.
            Console.Error.WriteLine(exception);
            return ExitCodes.Bug;
        }
    }

    // .NET looks for certificate stores below the home folder. Where neither HOME nor /etc/passwd names one, as in an image from scratch,
    // it fails every TLS connection ("No such file or directory"). Steps get the environment as it was.
    private static void GiveHome()
    {
        const string Home = "HOME";
#pragma warning disable RS0030 // the composition root
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Home)))
#pragma warning restore RS0030
        {
            Environment.SetEnvironmentVariable(Home, "/");
        }
    }

    private static Dictionary<string, string> ReadEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? string.Empty;
        }

        return variables;
    }
}

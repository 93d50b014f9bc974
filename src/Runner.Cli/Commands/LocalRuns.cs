using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Agent.Configuration;
using Runner.Backends;
using Runner.Backends.Host;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Rendering;
using Runner.Cli.Running;
using Runner.Cli.Settings;
using Runner.Cli.Values;
using Runner.Cli.Workspaces;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;

namespace Runner.Cli.Commands;

/// <summary>Runs plans on this machine and shows how they go.</summary>
internal sealed class LocalRuns(ParseResult result, RunFlags flags, CliSurroundings surroundings, string folder, RunValues values)
{
    private const string WorkerName = "runner-worker";
    private const string TokenName = "GITHUB_TOKEN";

    // The engine waits where the terminal is slower than the jobs.
    private const int MaxEventsAhead = 1000;

    /// <summary>Runs them; gives the exit code.</summary>
    /// <exception cref="OperatorException">The backend's settings are wrong.</exception>
    public async Task<int> RunAsync(ImmutableArray<RunPlan> plans)
    {
        var copies = Directory.CreateTempSubdirectory("runner-checkouts-").FullName;
        try
        {
            return await RunAsync(plans, Backend(copies));
        }
        finally
        {
            Directory.Delete(copies, recursive: true);
        }
    }

    private async Task<int> RunAsync(ImmutableArray<RunPlan> plans, IJobBackend backend)
    {
        using var cancel = new CancellationTokenSource();
        using var kill = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var events = Channel.CreateBounded<RunEvent>(MaxEventsAhead);
        var settings = new LocalJobSettings
        {
            Runner = new RunnerIdentity { Name = "local", Version = new GitHubOptions().RunnerVersion, MachineName = Environment.MachineName },
            GitHubToken = values.Secrets.GetValueOrDefault(TokenName),
            SkipsOwnCheckout = !result.GetValue(flags.NoSkipCheckout),
        };
        var most = result.GetValue(flags.ConcurrentJobs) is > 0 and var asked ? asked : Environment.ProcessorCount;
        var engine = new RunEngine(new LocalJobLauncher(settings, _ => backend, TimeProvider.System), events.Writer, TimeProvider.System, most);
        var showing = ShowAsync(events.Reader);
        try
        {
            var conclusion = await engine.RunAsync(plans, cancel.Token, kill.Token);
            return cancel.IsCancellationRequested ? ExitCodes.Interrupted : CodeOf(conclusion);
        }
        finally
        {
            events.Writer.Complete();
            await showing;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            (cancel.IsCancellationRequested ? kill : cancel).Cancel();
        }
    }

    private async Task ShowAsync(ChannelReader<RunEvent> events)
    {
        using IRunView view = result.GetValue(flags.Json)
            ? new JsonView(surroundings.Out)
            : new TerminalView(surroundings.Out, ViewOptions(), TimeProvider.System);
        await foreach (var happened in events.ReadAllAsync(CancellationToken.None))
        {
            view.Show(happened);
        }

        view.Finish();
    }

    private RunViewOptions ViewOptions() => new()
    {
        UseColors = surroundings.UseColors,
        IsTerminal = surroundings.IsTerminal,
        Width = surroundings.Width,
        IsQuiet = result.GetValue(flags.Quiet),
        IsVerbose = result.GetValue(flags.Verbose),
        PrefixJobId = result.GetValue(flags.LogPrefixJobId),
    };

    private CheckoutBackend Backend(string copies)
    {
        var files = SettingsFiles.Read(surroundings, result.GetValue(flags.Config));
        var reading = AgentConfiguration.Read(files.Yaml, surroundings.Environment, SettingFlags.Read(result, flags));
        if (reading.Problems.Count > 0)
        {
            throw new OperatorException(reading.Problems);
        }

        if (reading.Options.Backend is { } other and not BackendKind.Host)
        {
            throw new OperatorException($"--backend: this version runs workflows on 'host' only; '{other.ToString().ToLowerInvariant()}' is for 'runner agent'");
        }

        if (reading.Options.Backend is null)
        {
            surroundings.Error.WriteLine("runner: jobs run on this machine (backend host)");
        }

        var host = HostOptionsOf(reading.Options.Host);
        return host.Validate() is { Count: > 0 } problems
            ? throw new OperatorException(problems)
            : new CheckoutBackend(new HostBackend(host, TimeProvider.System, NullLogger<HostBackend>.Instance), folder, copies);
    }

    private HostOptions HostOptionsOf(HostSectionOptions section) => new()
    {
        Root = Path.GetFullPath(section.Root ?? Path.Combine(Path.GetTempPath(), "runner-local")),
        WorkerPath = Path.GetFullPath(section.Worker ?? Path.Combine(surroundings.ProgramFolder, WorkerName)),
        ToolCache = section.ToolCache,
        Externals = section.Externals,
        PassEnvironment = section.PassEnvironment,
        LauncherEnvironment = surroundings.Environment,
    };

    private static int CodeOf(Conclusion conclusion) => conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues or Conclusion.Skipped => ExitCodes.Success,
        Conclusion.Failed or Conclusion.Canceled or Conclusion.Abandoned => ExitCodes.JobFailed,
        _ => throw new ArgumentOutOfRangeException(nameof(conclusion), conclusion, "not a conclusion"),
    };
}

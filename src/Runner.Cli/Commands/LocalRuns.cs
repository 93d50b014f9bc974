using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Runner.Agent.Configuration;
using Runner.Backends;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;
using Runner.Cli.Repositories;
using Runner.Cli.Running;
using Runner.Cli.Settings;
using Runner.Cli.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Workflows.Planning;

namespace Runner.Cli.Commands;

/// <summary>Runs plans on the backend of the settings and shows how they go.</summary>
internal sealed class LocalRuns(RunSettings settings, CliSurroundings surroundings, RunValues values, LocalRunRepositories repositories)
{
    // The engine waits where the terminal is slower than the jobs.
    private const int MaxEventsAhead = 1000;

    /// <summary>Runs them; gives the exit code.</summary>
    /// <exception cref="OperatorException">The backend's settings are wrong, or it cannot be used.</exception>
    public async Task<int> RunAsync(ImmutableArray<RunPlan> plans)
    {
        using var cancel = new CancellationTokenSource();
        using var kill = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var own = RunFolder.Make(PrivateFolder.InTemporary("runner-runs"), TimeProvider.System.GetUtcNow());
        try
        {
            await using var backends = new LocalBackends(settings, surroundings, own.Copies);
            await backends.OpenAsync(cancel.Token);
            return await RunAsync(plans, backends, own.Services, cancel.Token, kill.Token);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            (cancel.IsCancellationRequested ? kill : cancel).Cancel();
        }
    }

    private async Task<int> RunAsync(
        ImmutableArray<RunPlan> plans, LocalBackends backends, string servicesFolder, CancellationToken cancel, CancellationToken kill)
    {
        await using var services = await LocalRunServices.StartAsync(
            ServiceSettings.Of(settings.Services, surroundings, backends.IsOnThisMachine), servicesFolder, surroundings.Error, CancellationToken.None);
        var events = Channel.CreateBounded<RunEvent>(MaxEventsAhead);
        var given = new LocalJobSettings
        {
            Runner = new RunnerIdentity { Name = "local", Version = new GitHubOptions().RunnerVersion, MachineName = Environment.MachineName },
            GitHubToken = values.GitHubToken ?? new Secret(string.Empty),
            SkipsOwnCheckout = settings.SkipsOwnCheckout,
            BoundWorkspace = settings.Binds ? settings.Folder : null,
            KeepsFailedOf = settings.KeepsFailed ? settings.Folder : null,
            HoldOnFailure = settings.HoldOnFailure,
            Measures = settings.Measures,
            Network = backends.Network,
            Services = services.EndpointOf,
            EndServices = services.EndJob,
            Variables = [.. services.Variables],
            Requests = new LauncherRequests(new ActionRequests(repositories), workspace: null),
        };
        var most = settings.ConcurrentJobs > 0 ? settings.ConcurrentJobs : Environment.ProcessorCount;
        var engine = new RunEngine(new LocalJobLauncher(given, backends.Of, backends.Refuse, TimeProvider.System), events.Writer, TimeProvider.System, most);
        var showing = ShowAsync(events.Reader);
        try
        {
            var conclusion = await engine.RunAsync(plans, cancel, kill);
            return cancel.IsCancellationRequested ? ExitCodes.Interrupted : CodeOf(conclusion);
        }
        finally
        {
            events.Writer.Complete();
            try
            {
                await showing;
            }
            finally
            {
                await services.KeepArtifactsAsync(surroundings.Error, CancellationToken.None);
            }
        }
    }

    private async Task ShowAsync(ChannelReader<RunEvent> events)
    {
        using IRunView view = settings.Show.IsJson
            ? new JsonView(surroundings.Out)
            : new TerminalView(surroundings.Out, ViewOptions(), TimeProvider.System);
        try
        {
            await foreach (var happened in events.ReadAllAsync(CancellationToken.None))
            {
                view.Show(happened);
            }

            view.Finish();
        }
        finally
        {
            // Where nothing can be shown any more the jobs go on to their ends, and do not wait for a reader.
            await foreach (var _ in events.ReadAllAsync(CancellationToken.None))
            {
            }
        }
    }

    private RunViewOptions ViewOptions() => new()
    {
        UseColors = surroundings.UseColors,
        IsTerminal = surroundings.IsTerminal,
        Width = surroundings.Width,
        IsQuiet = settings.Show.IsQuiet,
        IsVerbose = settings.Show.IsVerbose,
        PrefixJobId = settings.Show.PrefixesJobId,
    };

    private static int CodeOf(Conclusion conclusion) => conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues or Conclusion.Skipped => ExitCodes.Success,
        Conclusion.Failed or Conclusion.Canceled or Conclusion.Abandoned => ExitCodes.JobFailed,
        _ => throw new ArgumentOutOfRangeException(nameof(conclusion), conclusion, "not a conclusion"),
    };
}

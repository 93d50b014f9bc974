using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Runner.Emulator.Broker;
using Runner.Emulator.Console;
using Runner.Emulator.Events;
using Runner.Emulator.Faults;
using Runner.Emulator.Jobs;
using Runner.Emulator.Options;
using Runner.Emulator.Results;
using Runner.Emulator.Runners;
using Runner.Emulator.Runs;
using Runner.Emulator.ScaleSets;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Services.Blobs;

namespace Runner.Emulator;

/// <summary>
/// A local GitHub on one port: it gives jobs to real runners over the real protocol and keeps their logs and results.
/// State is in memory and ends with the server; logs are on disk.
/// </summary>
public sealed class EmulatorServer : IEmulatorView, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string? _ownFolder;

    private EmulatorServer(WebApplication app, string? ownFolder)
    {
        _app = app;
        _ownFolder = ownFolder;
    }

    /// <summary>The address that runners use, ending in a slash.</summary>
    public Uri Url => _app.Services.GetRequiredService<EmulatorAddress>().Root;

    private RunBoard Runs => _app.Services.GetRequiredService<RunBoard>();

    private EventHub Events => _app.Services.GetRequiredService<EventHub>();

    private BlobStore Blobs => _app.Services.GetRequiredService<BlobStore>();

    /// <summary>Starts a server. It listens when this returns.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<EmulatorServer> StartAsync(EmulatorOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var ownFolder = options.DataFolder is null ? Directory.CreateTempSubdirectory("runner-emulator-").FullName : null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (options.Logging is { } logging)
        {
            builder.Services.AddSingleton(logging);
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseUrls([Listen(options), .. options.AlsoListen.Select(address => address.GetLeftPart(UriPartial.Authority))]);
        builder.Services.AddEmulator(options, ownFolder ?? options.DataFolder ?? string.Empty);
        var app = builder.Build();
        app.MapEmulator();

        // They act on ended jobs, so they must be there before the first: the runner goes first, then what follows in the run.
        app.Services.GetRequiredService<RunnerRemoval>();
        app.Services.GetRequiredService<ScaleSetBoard>();
        app.Services.GetRequiredService<RunBoard>();
        app.Services.GetRequiredService<JobCallers>();
        var server = new EmulatorServer(app, ownFolder);
        try
        {
            await app.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Queues a job given as a message, and says which it is.</summary>
    public JobInfo QueueJob(RawJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Runs.Queue(job).Jobs[0];
    }

    /// <summary>Queues a run of a workflow that calls no other one.</summary>
    /// <exception cref="WorkflowException">The workflow cannot run; the message holds all that is wrong, a line each.</exception>
    public RunInfo QueueWorkflow(WorkflowRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Runs.Queue(request, WorkflowPlanner.Read(request));
    }

    /// <summary>A job, or <c>null</c>.</summary>
    public JobInfo? FindJob(JobId job) => Runs.FindJob(job);

    /// <summary>A run, or <c>null</c>.</summary>
    public RunInfo? FindRun(long run) => Runs.Find(run);

    /// <inheritdoc/>
    public Task<RunInfo?> FindRunAsync(long run, CancellationToken cancellationToken) => Task.FromResult(Runs.Find(run));

    /// <summary>Waits until a job is as wanted.</summary>
    public Task<JobInfo> WaitForJobAsync(JobId job, Func<JobInfo, bool> isAsWanted, CancellationToken cancellationToken) =>
        Events.WaitForAsync(() => Runs.FindJob(job) is { } found && isAsWanted(found) ? found : null, cancellationToken);

    /// <summary>Waits until a job has ended.</summary>
    public Task<JobInfo> WaitForJobAsync(JobId job, CancellationToken cancellationToken) =>
        WaitForJobAsync(job, found => found.Status == JobStatus.Completed, cancellationToken);

    /// <summary>Waits until all jobs of a run have ended.</summary>
    public Task<RunInfo> WaitForRunAsync(long run, CancellationToken cancellationToken) =>
        Events.WaitForAsync(() => Runs.Find(run) is { Conclusion: not null } found ? found : null, cancellationToken);

    /// <inheritdoc/>
    public Task<string?> ReadLogAsync(JobId job, CancellationToken cancellationToken) => ReadAsync(LogNames.Job(job), cancellationToken);

    /// <summary>What is there of a step's log; <c>null</c> where nothing has arrived.</summary>
    public Task<string?> ReadStepLogAsync(JobId job, StepId step, CancellationToken cancellationToken) =>
        ReadAsync(LogNames.Step(job, step), cancellationToken);

    /// <summary>A step's summary; <c>null</c> where none has arrived.</summary>
    public Task<string?> ReadSummaryAsync(JobId job, StepId step, CancellationToken cancellationToken) =>
        ReadAsync(LogNames.Summary(job, step), cancellationToken);

    /// <summary>Cancels a job as a user would. False where it is not known or has ended.</summary>
    public bool CancelJob(JobId job) => _app.Services.GetRequiredService<JobBoard>().Cancel(job);

    /// <summary>Cancels a run as a user would. False where it is not known or has ended.</summary>
    public bool CancelRun(long run) => Runs.Cancel(run);

    /// <summary>Registers an ephemeral runner without the REST API, for the jobs of every repository, and gives its <c>encoded_jit_config</c>.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public string NewJitConfig(string name, IEnumerable<string> labels) =>
        _app.Services.GetRequiredService<JitRegistration>().Register("orgs/emulator", name, labels, workFolder: null, isEverybodys: true)?.Config.Encode()
            ?? throw new ArgumentException($"A runner with the name '{name}' is registered already.", nameof(name));

    /// <summary>Faults that are on.</summary>
    public IReadOnlyList<Fault> Faults => _app.Services.GetRequiredService<FaultMiddleware>().Active;

    /// <summary>Turns a fault on.</summary>
    public void AddFault(Fault fault) => _app.Services.GetRequiredService<FaultMiddleware>().Add(fault);

    /// <inheritdoc/>
    public IAsyncEnumerable<EmulatorEvent> ReadEventsAsync(long after, CancellationToken cancellationToken) =>
        Events.ReadAsync(after, cancellationToken);

    /// <summary>Stops the server; its folder is deleted unless the options name it.</summary>
    public async ValueTask DisposeAsync()
    {
        // Polls and streams are held for long: nobody waits for them here.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        if (_ownFolder is not null)
        {
            Directory.Delete(_ownFolder, recursive: true);
        }
    }

    private static string Listen(EmulatorOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"http://{options.ListenAddress}:{options.Port}");

    private async Task<string?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (Blobs.OpenRead(name) is not { } content)
        {
            return null;
        }

        using var reader = new StreamReader(content, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}

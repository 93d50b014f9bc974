using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends;
using Runner.Backends.Docker;
using Runner.Integration.Tests.Agents;
using Runner.Jobs.Containers;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Docker;

/// <summary>Jobs of local runs in containers of a real engine, by the real worker. Their workspace is a folder of the test.</summary>
internal sealed class DockerRun : IDisposable
{
    private readonly DockerEngineFixture _engine;
    private readonly TempFolder _workspace = new();
    private readonly DockerBackend _backend;

    /// <summary>Skips the test where engine or worker are missing.</summary>
    public DockerRun(DockerEngineFixture engine)
    {
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? string.Empty);
        _engine = engine;
        _backend = NewBackend(engine);
    }

    /// <summary>Path of a file of the workspace.</summary>
    public string PathOf(string name) => _workspace[name];

    /// <summary>Writes a file into the workspace.</summary>
    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_workspace[name]) ?? string.Empty);
        File.WriteAllText(_workspace[name], text);
    }

    /// <summary>Text of a file of the workspace, or <c>null</c>.</summary>
    public string? Read(string name) => File.Exists(_workspace[name]) ? File.ReadAllText(_workspace[name]) : null;

    /// <summary>Runs a job to its end, and checks that nothing is left of it.</summary>
    public async Task<DockerRunResult> RunAsync(JobContainers containers, params JobStep[] steps)
    {
        var launch = Launch(containers, steps);
        var handle = await _backend.LaunchAsync(launch, TestContext.Current.CancellationToken);
        var result = await FinishAsync(handle);
        await AssertNothingLeftAsync(launch);
        return result;
    }

    /// <summary>Starts a job, cancels it once a line of its log holds a text, and reads it to its end.</summary>
    public async Task<DockerRunResult> CancelAtAsync(string text, params JobStep[] steps)
    {
        var launch = Launch(JobContainers.None, steps);
        var handle = await _backend.LaunchAsync(launch, TestContext.Current.CancellationToken);
        var result = await FinishAsync(handle, line => line == text ? handle.CancelAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) : Task.CompletedTask);
        await AssertNothingLeftAsync(launch);
        return result;
    }

    /// <summary>Starts a job, cancels it at a moment, and reads it to its end.</summary>
    public async Task<DockerRunResult> CancelWhenAsync(Func<CancellationToken, Task<IDisposable>> moment, JobContainers containers, params JobStep[] steps)
    {
        var launch = Launch(containers, steps);
        var handle = await _backend.LaunchAsync(launch, TestContext.Current.CancellationToken);
        using var reached = await moment(TestContext.Current.CancellationToken);
        await handle.CancelAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var result = await FinishAsync(handle);
        await AssertNothingLeftAsync(launch);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backend.Dispose();
        _workspace.Dispose();
    }

    private static async Task<DockerRunResult> FinishAsync(IJobHandle handle, Func<string, Task>? seen = null)
    {
        var events = new List<WorkerEvent>();
        await foreach (var told in handle.Events.WithCancellation(TestContext.Current.CancellationToken))
        {
            events.Add(told);
            await (told is LineEvent line && seen is not null ? seen(line.Text) : Task.CompletedTask);
        }

        var end = await handle.Ended;
        await handle.DisposeAsync();
        return new DockerRunResult(end, events);
    }

    private static DockerBackend NewBackend(DockerEngineFixture engine) => new(
        new DockerOptions
        {
            Host = engine.Host,
            WorkerPath = TestWorker.Real(),
            DefaultImage = DockerEngineFixture.Image,
            Instance = $"test-{Guid.NewGuid():N}",
        },
        TimeProvider.System,
        NullLogger<DockerBackend>.Instance);

    private JobLaunch Launch(JobContainers containers, JobStep[] steps) => new()
    {
        Job = Some.Job() with { Steps = [.. steps] },
        Runner = Some.Runner(),
        Labels = ["ubuntu-latest"],
        Containers = containers,
        MessageSeen = DateTimeOffset.UnixEpoch,
        Reporting = ReportingTarget.Launcher,
        BoundWorkspace = _workspace.FullPath,
    };

    private async Task AssertNothingLeftAsync(JobLaunch launch)
    {
        var filter = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"act.nektos.com/job-id={launch.JobId}"] = true } };
        Assert.Empty(await _engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = filter }, TestContext.Current.CancellationToken));
        Assert.Empty(await _engine.Client.Networks.ListNetworksAsync(new NetworksListParameters { Filters = filter }, TestContext.Current.CancellationToken));
    }
}

/// <summary>What a job told.</summary>
internal sealed record DockerRunResult(JobEnd End, IReadOnlyList<WorkerEvent> Events)
{
    /// <summary>How it ended, as its worker told.</summary>
    public Conclusion? Conclusion => Events.OfType<JobEndedEvent>().SingleOrDefault()?.Conclusion;

    /// <summary>All lines, in order.</summary>
    public IReadOnlyList<string> Lines => [.. Events.OfType<LineEvent>().Select(line => line.Text)];

    /// <summary>All that is to know where an assertion fails.</summary>
    public override string ToString() => string.Join('\n', [.. Lines, $"{Conclusion} {End.Failure} {End.Message}"]);
}

using Runner.Execution.Hosting;
using Runner.Execution.Jobs;
using Runner.Execution.Tests.Actions;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests;

/// <summary>A job that is run for real below a folder of its own.</summary>
internal sealed class TestJob : IDisposable
{
    private readonly TempFolder _folder = new();
    private IContainerRunner? _containers;

    public RecordingReporter Reporter { get; } = new();

    public JobCancellation Cancellation { get; } = new();

    /// <summary>The worker's own environment.</summary>
    public Dictionary<string, string> Environment { get; } = new() { ["PATH"] = "/usr/local/bin:/usr/bin:/bin" };

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where <c>/proc</c> and <c>/sys</c> are for it.</summary>
    public string SystemRoot { get; init; } = "/";

    /// <summary>Has the checkout of a local run, or <c>null</c>: nobody.</summary>
    public IWorkspaceSource? Checkout { get; init; }

    /// <summary>Says when its services are ready, or <c>null</c>: nobody.</summary>
    public IServiceGate? Services { get; init; }

    /// <summary>Has the logs of its services, or <c>null</c>: nobody.</summary>
    public IServiceLogs? ServiceLogs { get; init; }

    public string Folder => _folder.FullPath;

    public WorkPaths Paths => Some.Paths(_folder.FullPath);

    /// <summary>Actions of repositories: folders below the job's own.</summary>
    public FolderActions Actions { get; }

    /// <summary>The finished job; <c>null</c> before <see cref="RunAsync(JobMessage)"/>.</summary>
    public JobResult? Result { get; private set; }

    /// <summary>The steps of the message, without those of the runner.</summary>
    public IReadOnlyList<StepRecord> Steps => [.. (Result?.Steps ?? []).Skip(1).SkipLast(1)];

    public TestJob() => Actions = new FolderActions(Path.Combine(_folder.FullPath, "repositories"));

    public static async Task<TestJob> OfAsync(params JobStep[] steps)
    {
        var job = new TestJob();
        await job.RunAsync(steps);
        return job;
    }

    public Task<JobResult> RunAsync(IContainerRunner containers, params JobStep[] steps)
    {
        _containers = containers;
        return RunAsync(steps);
    }

    public Task<JobResult> RunAsync(params JobStep[] steps) => RunAsync(Some.Job() with { Steps = steps });

    public Task<JobResult> RunAsync(JobMessage message) => RunAsync(Some.Payload(message, _folder.FullPath));

    /// <summary>Runs steps as a local run does, with secrets of its own.</summary>
    public Task<JobResult> RunLocallyAsync(IReadOnlyDictionary<string, string> secrets, params JobStep[] steps) => RunAsync(
        Some.Payload(
            Some.Job() with { Steps = steps, Variables = secrets.ToDictionary(secret => secret.Key, secret => new VariableValue { Value = secret.Value, IsSecret = true }) },
            _folder.FullPath) with
        {
            Reporting = ReportingTarget.Launcher,
        });

    /// <summary>The same with an empty token, as of a user who gave none.</summary>
    public Task<JobResult> RunLocallyAsync(params JobStep[] steps) =>
        RunLocallyAsync(new Dictionary<string, string> { [JobVariables.GitHubToken] = string.Empty, ["github_token"] = string.Empty }, steps);

    public async Task<JobResult> RunAsync(LaunchPayload payload)
    {
        Result = await new JobRunner(new JobHost { Environment = Environment, Time = Time, Actions = Actions, Workspace = Checkout, Containers = _containers, Services = Services, ServiceLogs = ServiceLogs, SystemRoot = SystemRoot }).RunAsync(payload, Reporter, Cancellation);
        return Result;
    }

    /// <summary>Writes a file of an action's repository, <c>owner/repo/path</c>.</summary>
    public TestJob WithAction(string path, string text) => Write(Path.Combine(_folder.FullPath, "repositories", path), text);

    /// <summary>Writes a file of the workspace.</summary>
    public TestJob WithFile(string path, string text) => Write(Path.Combine(Paths.Workspace, path), text);

    /// <summary>Lines of a step by its shown name, without its headers.</summary>
    public IReadOnlyList<string> OutputOf(string name) => WithoutHeaders(LinesOf(name));

    /// <summary>All lines of a step by its shown name.</summary>
    public IReadOnlyList<string> LinesOf(string name) => Reporter.LinesOf(Assert.Single(Result?.Steps ?? [], step => step.Name == name).Id);

    /// <summary>Lines of the n-th step of the message, from 0, without its header.</summary>
    public IReadOnlyList<string> Output(int step)
    {
        var lines = AllLines(step);
        var end = lines.ToList().IndexOf("##[endgroup]");
        return [.. lines.Skip(end + 1)];
    }

    /// <summary>Lines of the n-th step of the message, from 0.</summary>
    public IReadOnlyList<string> AllLines(int step) => Reporter.LinesOf(Steps[step].Id);

    public void Dispose()
    {
        Cancellation.Dispose();
        _folder.Dispose();
    }

    private static List<string> WithoutHeaders(IEnumerable<string> lines)
    {
        var depth = 0;
        var output = new List<string>();
        foreach (var line in lines)
        {
            depth += line.StartsWith("##[group]", StringComparison.Ordinal) ? 1 : 0;
            if (depth == 0)
            {
                output.Add(line);
            }

            depth -= line == "##[endgroup]" ? 1 : 0;
        }

        return output;
    }

    private TestJob Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!); // not null: below the job's folder
        File.WriteAllText(file, text);
        return this;
    }
}

using Runner.Execution.Artifacts;
using Runner.Execution.Contexts;
using Runner.Execution.FileCommands;
using Runner.Execution.Masking;
using Runner.Execution.Matchers;
using Runner.Execution.Processes;
using Runner.Execution.Reporting;
using Runner.Execution.Steps;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Jobs;

/// <summary>One job while it runs: what its steps share.</summary>
internal sealed class JobScope : IDisposable
{
    /// <summary>The variable by which leftover processes of the job are found at its end.</summary>
    public const string TrackingVariable = "RUNNER_TRACKING_ID";

    private const string WorkflowFile = "system.workflowFileFullPath";

    // Steps in the background end when they like.
    private readonly Lock _lock = new();

    public JobScope(LaunchPayload payload, JobHost host, IJobReporter reporter)
    {
        Payload = payload;
        Host = host;
        Reporter = reporter;
        IsDebug = IsTrue(Message.Variable(JobVariables.StepDebug)) || IsTrue(Var(JobVariables.StepDebug));
        Masker = JobMasks.Create(Message, host.Environment);
        MemoryKills = MemoryKills.Find(host.SystemRoot);
        Artifacts = Message.IsFeatureOn(JobVariables.AllowArtifactsFile) || IsTrue(host.Environment.GetValueOrDefault(JobArtifacts.Variable)) ? new JobArtifacts() : null;
    }

    /// <summary>What the worker was given.</summary>
    public LaunchPayload Payload { get; }

    /// <summary>The job message.</summary>
    public JobMessage Message => Payload.Job;

    /// <summary>Its folders.</summary>
    public WorkPaths Paths => Payload.Paths;

    /// <summary>The worker's process and machine.</summary>
    public JobHost Host { get; }

    /// <summary>Whom to tell.</summary>
    public IJobReporter Reporter { get; }

    /// <summary>The job's secrets.</summary>
    public SecretMasker Masker { get; }

    /// <summary>Whether step debugging is on.</summary>
    public bool IsDebug { get; }

    /// <summary>Value of <see cref="TrackingVariable"/>.</summary>
    public string TrackingId { get; } = $"github_{Guid.NewGuid():D}";

    /// <summary>The job's variables and folders of PATH: its <c>env</c> and what steps left.</summary>
    public SharedEnvironment Shared { get; } = new();

    /// <summary>Variables of the job: its <c>env</c> and what steps wrote to <c>GITHUB_ENV</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment => Shared.Variables;

    /// <summary>What its steps left of the <c>github</c> context.</summary>
    public StepMembers Members { get; } = new();

    /// <summary>What the kernel killed for want of memory.</summary>
    public MemoryKills MemoryKills { get; }

    /// <summary>Command files that steps left untouched.</summary>
    public SpareFiles SpareFiles { get; } = new();

    /// <summary>Outputs and results of the steps so far.</summary>
    public StepsContext Steps { get; } = new();

    /// <summary>What its steps declared as built, or <c>null</c>: the job cannot declare anything.</summary>
    public JobArtifacts? Artifacts { get; }

    /// <summary>The problem matchers that look at the output of steps.</summary>
    public JobMatchers Matchers { get; } = new();

    /// <summary>Result of the job so far.</summary>
    public Conclusion Result { get; private set; } = Conclusion.Succeeded;

    /// <summary><c>defaults.run</c>.</summary>
    public RunDefaults RunDefaults { get; set; } = new(null, null);

    /// <summary>When the first step's process started.</summary>
    public DateTimeOffset? FirstStep { get; private set; }

    /// <summary>Whether the log says already that the runner's disk takes nothing.</summary>
    public bool HasToldOfDisk { get; set; }

    /// <summary>When the last step ended.</summary>
    public DateTimeOffset? LastStepEnded { get; set; }

    /// <summary>Notes that a step's process started.</summary>
    public void NoteProcessStart()
    {
        lock (_lock)
        {
            FirstStep ??= Host.Time.GetUtcNow();
        }
    }

    /// <summary>Takes a step's result in: only a failed one changes the job's, and none that is worse already.</summary>
    public void TakeIn(Conclusion step)
    {
        lock (_lock)
        {
            if (step == Conclusion.Failed && Result < Conclusion.Failed)
            {
                Result = Conclusion.Failed;
            }
        }
    }

    /// <summary>The job is cancelled (or, at a shutdown, failed), whatever came before.</summary>
    public void Stop(CancelReason reason)
    {
        lock (_lock)
        {
            Result = reason == CancelReason.Shutdown ? Conclusion.Failed : Conclusion.Canceled;
        }
    }

    /// <summary>A member of <c>job</c> about the workflow, from the message's context or its variables; <c>null</c>: not known.</summary>
    public string? WorkflowMember(string name)
    {
        var given = Message.ContextData.TryGetValue("job", out var job) && job is DictionaryData members ? members.FindText(name) : null;
        return given ?? name switch
        {
            "workflow_ref" => WorkflowRef(Message.Variable("system.workflowFileRef")),
            "workflow_sha" => Message.Variable("system.workflowFileSha"),
            "workflow_repository" => WorkflowRepository(),
            "workflow_file_path" => Message.Variable("system.workflowFilePath"),
            _ => null,
        };
    }

    // "owner/repo/.github/workflows/x.yml@refs/heads/main"
    private string? WorkflowRef(string? reference) =>
        reference is { Length: > 0 } && !reference.Contains('@', StringComparison.Ordinal) && Message.Variable(WorkflowFile) is { Length: > 0 } file
            ? $"{file}@{reference}"
            : reference;

    // What stands before the file's path in "owner/repo/.github/workflows/x.yml".
    private string? WorkflowRepository() =>
        Message.Variable(WorkflowFile) is { } file && Message.Variable("system.workflowFilePath") is { Length: > 0 } path
        && file.EndsWith("/" + path, StringComparison.Ordinal)
            ? file[..^(path.Length + 1)]
            : null;

    /// <inheritdoc/>
    public void Dispose() => MemoryKills.Dispose();

    private static bool IsTrue(string? text) => bool.TryParse(text, out var value) && value;

    private string? Var(string name) =>
        Message.ContextData.TryGetValue("vars", out var vars) && vars is DictionaryData dictionary ? dictionary.FindText(name) : null;
}

/// <summary><c>defaults.run</c> of workflow and job, <c>null</c> where neither says it.</summary>
internal sealed record RunDefaults(string? Shell, string? WorkingDirectory);

using Runner.Execution.Hosting;
using Runner.Execution.Masking;
using Runner.Execution.Reporting;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;

namespace Runner.Execution.Scopes;

/// <summary>One job: what is the same from its start to its end. What changes is its <see cref="JobProgress"/>.</summary>
internal sealed class JobScope
{
    /// <summary>The variable by which leftover processes of the job are found at its end.</summary>
    public const string TrackingVariable = "RUNNER_TRACKING_ID";

    private const string WorkflowFile = "system.workflowFileFullPath";

    public JobScope(LaunchPayload payload, JobHost host, IJobReporter reporter)
    {
        Payload = payload;
        Host = host;
        Reporter = reporter;
        IsDebug = IsTrue(Message.Variable(JobVariables.StepDebug)) || IsTrue(Var(JobVariables.StepDebug));
        Masker = JobMasks.Create(payload, host.Environment);
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

    private static bool IsTrue(string? text) => bool.TryParse(text, out var value) && value;

    private string? Var(string name) =>
        Message.ContextData.TryGetValue("vars", out var vars) && vars is DictionaryData dictionary ? dictionary.FindText(name) : null;
}

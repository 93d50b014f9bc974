using Runner.Execution.Scopes;
using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Workflows.Templates;

namespace Runner.Execution.Contexts;

/// <summary>Puts together what expressions of a job can see, at the moment they are evaluated.</summary>
internal sealed class JobContexts
{
    private static readonly string[] WorkflowMembers = ["workflow_ref", "workflow_sha", "workflow_repository", "workflow_file_path"];

    // A composite action is written for any workflow: these are the workflow's own (worker-semantics.md section 10.2).
    private static readonly string[] NotInActions = ["secrets", "vars", "needs"];

    private readonly Dictionary<string, Value> _given;
    private readonly Dictionary<string, Value> _fixed = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<KeyValuePair<string, Value>> _jobMembers = [];
    private readonly HashFiles _files;

    public JobContexts(JobScope job, JobProgress progress)
    {
        Job = job;
        Progress = progress;
        _files = new HashFiles(job.Paths.Workspace, job.Paths.Home ?? job.Host.Environment.GetValueOrDefault("HOME"), job.Host.Time);
        GitHub = GitHubContext.Create(job);
        Runner = RunnerContext.Create(job);
        foreach (var (name, data) in job.Message.ContextData)
        {
            _fixed[name] = ContextValues.ToValue(data);
        }

        _given = new(_fixed, _fixed.Comparer);
        _fixed["runner"] = Runner;
        _fixed["secrets"] = SecretsContext.Create(job.Message);
        AddJobMembers();
    }

    /// <summary>The job.</summary>
    public JobScope Job { get; }

    /// <summary>How far it is.</summary>
    public JobProgress Progress { get; }

    /// <summary>The <c>github</c> context without what belongs to a step.</summary>
    public GitHubContext GitHub { get; }

    /// <summary>The <c>runner</c> context.</summary>
    public ObjectValue Runner { get; }

    /// <summary>What came with the job alone: before anything of it runs.</summary>
    public EvaluationContext OfMessage() => new() { Contexts = _given };

    /// <summary>What can be seen outside of steps: job <c>env</c>, outputs, names.</summary>
    public EvaluationContext OfJob() => Of(
        GitHub.With(Progress.Members.Entries), Progress.Shared.Variables, Progress.Steps, StatusText.Of(Progress.Result), inputs: null);

    /// <summary>What can be seen in a step.</summary>
    /// <param name="github">The step's <c>github</c>.</param>
    /// <param name="environment">The step's <c>env</c>.</param>
    /// <param name="steps">The steps around it.</param>
    /// <param name="status">What <c>success()</c> and <c>failure()</c> are about.</param>
    /// <param name="inputs">Inputs of the composite action that it stands in; <c>null</c>: it is a step of the job.</param>
    public EvaluationContext Of(
        ObjectValue github, IReadOnlyDictionary<string, string> environment, StepResults steps, string status, Value? inputs)
    {
        var jobStatus = StatusText.Of(Progress.Result);
        var contexts = new Dictionary<string, Value>(_fixed, StringComparer.OrdinalIgnoreCase)
        {
            ["github"] = github,
            ["env"] = new ObjectValue(
                environment.Select(variable => KeyValuePair.Create<string, Value>(variable.Key, new StringValue(variable.Value))),
                isCaseSensitive: true),
            ["steps"] = steps.Value,
            ["job"] = new ObjectValue(_jobMembers.Append(KeyValuePair.Create<string, Value>("status", new StringValue(jobStatus)))),
        };
        if (inputs is not null)
        {
            contexts["inputs"] = inputs;
            Array.ForEach(NotInActions, name => contexts.Remove(name));
        }

        return new EvaluationContext { Contexts = contexts, Functions = StatusFunctions.Of(status, jobStatus, _files) };
    }

    private void AddJobMembers()
    {
        if (Job.Message.ContextData.GetValueOrDefault("job") is DictionaryData given)
        {
            _jobMembers.AddRange(given.Entries.Select(entry => KeyValuePair.Create(entry.Key, ContextValues.ToValue(entry.Value))));
        }

        if (Job.Payload.Containers is { } containers)
        {
            _jobMembers.AddRange(ContainersContext.Members(containers));
        }

        foreach (var member in WorkflowMembers)
        {
            if (Job.WorkflowMember(member) is { } value && !_jobMembers.Exists(entry => entry.Key == member))
            {
                _jobMembers.Add(KeyValuePair.Create<string, Value>(member, new StringValue(value)));
            }
        }
    }
}

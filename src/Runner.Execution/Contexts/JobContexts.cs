using Runner.Execution.Jobs;
using Runner.Expressions;
using Runner.Jobs.Data;
using Runner.Workflows.Templates;

namespace Runner.Execution.Contexts;

/// <summary>Puts together what expressions of a job can see, at the moment they are evaluated.</summary>
internal sealed class JobContexts
{
    private static readonly (string Member, string Variable)[] WorkflowMembers =
    [
        ("workflow_ref", "system.workflowFileRef"),
        ("workflow_sha", "system.workflowFileSha"),
        ("workflow_file_path", "system.workflowFilePath"),
    ];

    private readonly JobScope _job;
    private readonly Dictionary<string, Value> _fixed = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<KeyValuePair<string, Value>> _jobMembers = [];
    private readonly HashFiles _files;

    public JobContexts(JobScope job)
    {
        _job = job;
        _files = new HashFiles(job.Paths.Workspace, job.Paths.Home ?? job.Host.Environment.GetValueOrDefault("HOME"), job.Host.Time);
        GitHub = GitHubContext.Create(job);
        Runner = RunnerContext.Create(job);
        foreach (var (name, data) in job.Message.ContextData)
        {
            _fixed[name] = ContextValues.ToValue(data);
        }

        _fixed["runner"] = Runner;
        _fixed["secrets"] = SecretsContext.Create(job.Message);
        AddJobMembers();
    }

    /// <summary>The <c>github</c> context without what belongs to a step.</summary>
    public GitHubContext GitHub { get; }

    /// <summary>The <c>runner</c> context.</summary>
    public ObjectValue Runner { get; }

    /// <summary>What can be seen outside of steps: job <c>env</c>, outputs, names.</summary>
    public EvaluationContext OfJob() => OfStep(GitHub.With([]), _job.Environment);

    /// <summary>What can be seen in a step.</summary>
    /// <param name="github">The step's <c>github</c>.</param>
    /// <param name="environment">The step's <c>env</c>.</param>
    public EvaluationContext OfStep(ObjectValue github, IReadOnlyDictionary<string, string> environment)
    {
        var status = StatusText.Of(_job.Result);
        return new EvaluationContext
        {
            Contexts = new Dictionary<string, Value>(_fixed, StringComparer.OrdinalIgnoreCase)
            {
                ["github"] = github,
                ["env"] = new ObjectValue(
                    environment.Select(variable => KeyValuePair.Create<string, Value>(variable.Key, new StringValue(variable.Value))),
                    isCaseSensitive: true),
                ["steps"] = _job.Steps.Value,
                ["job"] = new ObjectValue(_jobMembers.Append(KeyValuePair.Create<string, Value>("status", new StringValue(status)))),
            },
            Functions = StatusFunctions.Of(status, _files),
        };
    }

    private void AddJobMembers()
    {
        if (_job.Message.ContextData.GetValueOrDefault("job") is DictionaryData given)
        {
            _jobMembers.AddRange(given.Entries.Select(entry => KeyValuePair.Create(entry.Key, ContextValues.ToValue(entry.Value))));
        }

        foreach (var (member, variable) in WorkflowMembers)
        {
            if (_job.Message.Variable(variable) is { } value && !_jobMembers.Exists(entry => entry.Key == member))
            {
                _jobMembers.Add(KeyValuePair.Create<string, Value>(member, new StringValue(value)));
            }
        }
    }
}

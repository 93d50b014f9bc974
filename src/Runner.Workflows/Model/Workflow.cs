using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Model.Triggers;

namespace Runner.Workflows.Model;

/// <summary>A workflow file that was read and checked. What is evaluated later stands as tokens, with its places.</summary>
public sealed record Workflow
{
    /// <summary>Path of the file, as in <c>.github/workflows/ci.yml</c>.</summary>
    public required string Path { get; init; }

    /// <summary><c>name</c>, or <c>null</c>.</summary>
    public string? Name { get; init; }

    /// <summary>What <c>github.workflow</c> says: the name, or the path.</summary>
    public string DisplayName => string.IsNullOrEmpty(Name) ? Path : Name;

    /// <summary><c>run-name</c>, or <c>null</c>.</summary>
    public TemplateToken? RunName { get; init; }

    /// <summary>The events of <c>on</c>, in the order of the file.</summary>
    public required ImmutableArray<WorkflowTrigger> Triggers { get; init; }

    /// <summary>Names of the events, in the order of the file.</summary>
    public IEnumerable<string> Events => Triggers.Select(trigger => trigger.Event);

    /// <summary><c>on</c>, as it was written: for the JSON of GitHub's suite.</summary>
    internal TemplateToken On { get; init; } = new NullToken();

    /// <summary><c>env</c>, or <c>null</c>.</summary>
    public TemplateToken? Env { get; init; }

    /// <summary><c>defaults</c>, or <c>null</c>.</summary>
    public WorkflowDefaults? Defaults { get; init; }

    /// <summary><c>permissions</c>, or <c>null</c>: the repository's default.</summary>
    public WorkflowPermissions? Permissions { get; init; }

    /// <summary><c>concurrency</c>, or <c>null</c>.</summary>
    public WorkflowConcurrency? Concurrency { get; init; }

    /// <summary><c>cache-mode</c>, or <c>null</c>: jobs restore and save as their event lets them.</summary>
    public CacheAccess? CacheAccess { get; init; }

    /// <summary>The jobs in the order of the file.</summary>
    public required ImmutableArray<WorkflowJob> Jobs { get; init; }

    /// <summary>Names of the files that the tokens' places refer to.</summary>
    public required ImmutableArray<string> FileTable { get; init; }

    /// <summary>Size of its tokens, as GitHub counts it.</summary>
    internal long Bytes { get; init; }

    /// <summary>Keys that do something else here than on GitHub, and what. No mistakes.</summary>
    public ImmutableArray<Diagnostic> Notes { get; init; } = [];

    /// <summary>What GitHub lets pass in the file and is probably not what was meant.</summary>
    public ImmutableArray<Diagnostic> Warnings { get; init; } = [];

    /// <summary>What <c>on</c> says of an event, or <c>null</c>: it does not name it.</summary>
    public WorkflowTrigger? FindTrigger(string eventName) =>
        Triggers.FirstOrDefault(trigger => string.Equals(trigger.Event, eventName, StringComparison.OrdinalIgnoreCase));

    /// <summary>The job with an id, compared without regard to case, or <c>null</c>.</summary>
    public WorkflowJob? FindJob(string id) => Jobs.FirstOrDefault(job => string.Equals(job.Id, id, StringComparison.OrdinalIgnoreCase));
}

using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

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

    /// <summary><c>on</c>, as it was written.</summary>
    public required TemplateToken On { get; init; }

    /// <summary><c>env</c>, or <c>null</c>.</summary>
    public TemplateToken? Env { get; init; }

    /// <summary><c>defaults</c>, or <c>null</c>.</summary>
    public TemplateToken? Defaults { get; init; }

    /// <summary><c>permissions</c>, or <c>null</c>: the repository's default.</summary>
    public TemplateToken? Permissions { get; init; }

    /// <summary><c>concurrency</c>, or <c>null</c>.</summary>
    public TemplateToken? Concurrency { get; init; }

    /// <summary>The jobs in the order of the file.</summary>
    public required ImmutableArray<WorkflowJob> Jobs { get; init; }

    /// <summary>Names of the files that the tokens' places refer to.</summary>
    public required ImmutableArray<string> FileTable { get; init; }

    /// <summary>Keys that do something else here than on GitHub, and what. No mistakes.</summary>
    public ImmutableArray<Diagnostic> Notes { get; init; } = [];

    /// <summary>The job with an id, compared without regard to case, or <c>null</c>.</summary>
    public WorkflowJob? FindJob(string id) => Jobs.FirstOrDefault(job => string.Equals(job.Id, id, StringComparison.OrdinalIgnoreCase));
}

using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary><c>defaults</c> of a workflow or job: what its <c>run</c> steps have where they do not say.</summary>
public sealed record WorkflowDefaults(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary><c>run.shell</c>.</summary>
    public TemplateToken? Shell { get; init; }

    /// <summary><c>run.working-directory</c>.</summary>
    public TemplateToken? WorkingDirectory { get; init; }

    /// <summary>Takes it apart; <c>null</c>: it is not written.</summary>
    internal static WorkflowDefaults? Read(TemplateToken? token)
    {
        var run = (token as MappingToken)?.Find("run") as MappingToken;
        return token is null ? null : new WorkflowDefaults(token)
        {
            Shell = run?.Find("shell"),
            WorkingDirectory = run?.Find("working-directory"),
        };
    }
}

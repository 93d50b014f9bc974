using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Testing;

/// <summary>Steps, and what a worker is given.</summary>
public static partial class Some
{
    /// <summary>A <c>run:</c> step.</summary>
    /// <param name="id">Id in the <c>steps</c> context; <c>null</c>: one as GitHub generates.</param>
    /// <param name="condition">Complete, with its status function.</param>
    public static JobStep Script(
        string script,
        string? id = null,
        string? name = null,
        string? condition = "success()",
        string? shell = null,
        string? workingDirectory = null,
        TemplateToken? env = null,
        TemplateToken? continueOnError = null,
        TemplateToken? timeoutInMinutes = null) => new()
        {
            Type = StepType.Action,
            Id = StepId.New(),
            Name = id ?? "__run",
            ContextName = id ?? "__run",
            DisplayNameToken = name is null ? null : new StringToken(name),
            Condition = condition,
            Reference = new ActionReference { Type = ReferenceType.Script },
            Inputs = ScriptInputs(script, shell, workingDirectory),
            Environment = env,
            ContinueOnError = continueOnError,
            TimeoutInMinutes = timeoutInMinutes,
        };

    /// <summary>A <c>uses:</c> step of a repository.</summary>
    public static JobStep Uses(string repository, string reference = "v1", string? condition = "success()") => new()
    {
        Type = StepType.Action,
        Id = StepId.New(),
        Name = "__uses",
        ContextName = "__uses",
        Condition = condition,
        Reference = new ActionReference { Type = ReferenceType.Repository, Name = repository, Ref = reference },
    };

    /// <summary>A step by what its <c>uses:</c> says: a path of the workspace, an image, or <c>owner/repo[/path]@ref</c>.</summary>
    /// <param name="id">Id in the <c>steps</c> context; <c>null</c>: one as GitHub generates.</param>
    public static JobStep Using(string uses, string? id = null, TemplateToken? with = null, TemplateToken? env = null, string? condition = "success()") =>
        Uses(string.Empty, condition: condition) with { Reference = Reference(uses), Inputs = with, Environment = env, Name = id ?? "__uses", ContextName = id ?? "__uses" };

    /// <summary>A step that waits for background steps or cancels them.</summary>
    /// <param name="control"><c>wait</c>, <c>wait-all</c> or <c>cancel</c>; it is the step's shown name too.</param>
    public static JobStep Control(string control, params string[] ids) => new()
    {
        Type = StepType.BackgroundStepControl,
        Id = StepId.New(),
        Name = $"__{control}",
        ContextName = $"__{control}",
        DisplayNameToken = new StringToken(control),
        Condition = "always()",
        ControlType = control,
        StepIds = ids,
    };

    /// <summary>The folders of a job below one folder.</summary>
    public static WorkPaths Paths(string folder) => new()
    {
        Workspace = Path.Combine(folder, "work", "app"),
        Temp = Path.Combine(folder, "temp"),
        ToolCache = Path.Combine(folder, "tools"),
        Actions = Path.Combine(folder, "actions"),
        Home = Path.Combine(folder, "home"),
        Spool = Path.Combine(folder, "spool"),
        Outcome = Path.Combine(folder, "outcome.json"),
    };

    /// <summary>What a worker is given for a job that runs below a folder.</summary>
    public static LaunchPayload Payload(JobMessage job, string folder) => new() { Job = job, Runner = Runner(), Paths = Paths(folder) };

    /// <summary>A mapping of literal texts, as <c>env:</c> is.</summary>
    public static MappingToken Texts(params (string Name, string Value)[] entries) =>
        Mapping([.. entries.Select(entry => (entry.Name, (TemplateToken)new StringToken(entry.Value)))]);

    private static ActionReference Reference(string uses)
    {
        if (uses.StartsWith("docker://", StringComparison.Ordinal))
        {
            return new ActionReference { Type = ReferenceType.ContainerRegistry, Image = uses["docker://".Length..] };
        }

        if (uses.StartsWith("./", StringComparison.Ordinal))
        {
            return new ActionReference { Type = ReferenceType.Repository, RepositoryType = "self", Path = uses };
        }

        var (place, reference) = (uses[..uses.IndexOf('@', StringComparison.Ordinal)], uses[(uses.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        var parts = place.Split('/', 3);
        return new ActionReference
        {
            Type = ReferenceType.Repository,
            RepositoryType = "GitHub",
            Name = $"{parts[0]}/{parts[1]}",
            Path = parts.Length > 2 ? parts[2] : null,
            Ref = reference,
        };
    }

    private static MappingToken ScriptInputs(string script, string? shell, string? workingDirectory)
    {
        List<(string, TemplateToken)> inputs = [("script", new StringToken(script))];
        if (shell is not null)
        {
            inputs.Add(("shell", new StringToken(shell)));
        }

        if (workingDirectory is not null)
        {
            inputs.Add(("workingDirectory", new StringToken(workingDirectory)));
        }

        return Mapping([.. inputs]);
    }
}

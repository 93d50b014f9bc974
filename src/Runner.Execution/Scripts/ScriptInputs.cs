using Runner.Execution.Contexts;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Scripts;

/// <summary>The evaluated inputs of a script step. <c>null</c>: not given.</summary>
internal sealed record ScriptInputs(string Script, string? Shell, string? WorkingDirectory)
{
    /// <exception cref="WorkflowException">They cannot be evaluated, or the script is missing.</exception>
    public static ScriptInputs Read(TemplateToken? inputs, EvaluationContext contexts, IReadOnlyList<string> files)
    {
        var values = JobTemplates.Texts(inputs, contexts, files);
        return new ScriptInputs(
            values.Find("script") ?? throw new WorkflowException("The step has no script: the job message's step lacks the input 'script'"),
            NullIfEmpty(values.Find("shell")),
            NullIfEmpty(values.Find("workingDirectory")));
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

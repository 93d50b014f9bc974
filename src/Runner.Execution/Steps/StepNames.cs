using System.Diagnostics.CodeAnalysis;
using Runner.Execution.Contexts;
using Runner.Execution.Scopes;
using Runner.Expressions;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Steps;

/// <summary>
/// Names of the message's steps: evaluated as soon as all that they refer to is there, once before any step and again when the step begins, and then
/// fixed (<c>worker-semantics.md</c> section 2.2).
/// </summary>
internal static class StepNames
{
    // What a step is called whose name is empty, or cannot be evaluated.
    private const string Nameless = "run";

    /// <summary>Names a step by what the message brought; what needs more is shown as it is written.</summary>
    /// <returns>A warning, or <c>null</c>.</returns>
    public static string? NameEarly(StepUse use, JobContexts contexts) => Name(use, contexts.OfMessage(), contexts.Job);

    /// <summary>Names a step that begins, unless it has its name already.</summary>
    /// <returns>A warning, or <c>null</c>.</returns>
    public static string? Name(StepUse use, StepLevel level) =>
        !use.IsNamed && TryContexts(use, level, out var contexts) ? Name(use, contexts, level.Job) : null;

    private static string? Name(StepUse use, EvaluationContext contexts, JobScope job)
    {
        var token = TokenOf(use.Step);
        if (token is not ScalarToken)
        {
            use.Name = use.Step.DisplayName ?? $"Run {DisplayNames.OfReference(use.Step.Reference)}";
            use.IsNamed = true;
            return null;
        }

        string text;
        try
        {
            use.IsNamed = token is not ExpressionToken expression || Expression.Parse(expression.Expression).IsCoveredBy(contexts);
            text = (use.IsNamed ? JobTemplates.Text(token, contexts, job.Message.FileTable) : Written((ExpressionToken)token)) ?? string.Empty;
        }
        catch (Exception error) when (error is WorkflowException or ExpressionException)
        {
            // A name is not worth a failed step.
            (use.Name, use.IsNamed) = (Nameless, false);
            return $"The name of a step cannot be evaluated: {Written(token)}. {error.Message}";
        }

        var line = DisplayNames.FirstLine(text);
        var prefix = use.Step.DisplayNameToken is null or NullToken ? "Run " : string.Empty;
        use.Name = line.Length == 0 ? Nameless : job.Masker.MaskText(prefix + line);
        return null;
    }

    // What the name is made of; null: there is nothing to evaluate.
    private static TemplateToken? TokenOf(JobStep step) =>
        step.DisplayNameToken is { } token and not NullToken ? token
        : step.Reference?.Type == ReferenceType.Script ? (step.Inputs as MappingToken)?.Find("script")
        : null;

    private static bool NamesVariables(JobStep step)
    {
        try
        {
            return TokenOf(step) is ExpressionToken name && Expression.Parse(name.Expression).UsesContext("env");
        }
        catch (ExpressionException)
        {
            return false; // told where it is evaluated
        }
    }

    private static string Written(TemplateToken token)
    {
        try
        {
            return token is ExpressionToken { Written: null } expression ? Expression.Parse(expression.Expression).ToTemplate() : token.ToString() ?? string.Empty;
        }
        catch (ExpressionException)
        {
            return token.ToString() ?? string.Empty; // a text to be formatted that is none
        }
    }

    // The step's own variables count too, and are evaluated for it only where it names them: they may cost (hashFiles). Where they cannot be, the step
    // says so itself.
    private static bool TryContexts(StepUse use, StepLevel level, [NotNullWhen(true)] out EvaluationContext? contexts)
    {
        var github = level.GitHub(level.MembersOf(use));
        try
        {
            contexts = level.Contexts(github, NamesVariables(use.Step) ? StepVariables.Of(use.Step, level, github).All : level.Variables());
            return true;
        }
        catch (WorkflowException)
        {
            contexts = null;
            return false;
        }
    }
}

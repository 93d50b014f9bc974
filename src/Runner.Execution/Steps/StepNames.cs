using Runner.Execution.Contexts;
using Runner.Execution.Jobs;
using Runner.Expressions;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Steps;

/// <summary>Shown names of the message's steps, masked.</summary>
internal static class StepNames
{
    /// <summary>The name before any step ran: an expression that needs their outputs is shown as it is written.</summary>
    public static string Early(JobStep step, EvaluationContext contexts, JobScope job) =>
        Name(step, token => token is ExpressionToken expression && NeedsSteps(expression) ? token.ToString() : Evaluate(token, contexts, job), job);

    /// <summary>The name when the step starts.</summary>
    public static string Final(JobStep step, EvaluationContext contexts, JobScope job) => Name(step, token => Evaluate(token, contexts, job), job);

    private static string Name(JobStep step, Func<TemplateToken, string?> evaluate, JobScope job)
    {
        var name = step.DisplayNameToken is { } token and not NullToken ? evaluate(token) : null;
        if (string.IsNullOrWhiteSpace(name))
        {
            name = Standard(step, evaluate);
        }

        return job.Masker.MaskText(DisplayNames.FirstLine(name));
    }

    private static string Standard(JobStep step, Func<TemplateToken, string?> evaluate)
    {
        if (step.Reference?.Type != ActionSource.Script)
        {
            return step.Reference is null && step.DisplayName is { } given ? given : $"Run {DisplayNames.OfReference(step.Reference)}";
        }

        var script = (step.Inputs as MappingToken)?.Find("script");
        return $"Run {DisplayNames.FirstLine((script is null ? null : evaluate(script)) ?? step.DisplayName ?? "a script")}";
    }

    // A name is not worth a failed step: what cannot be evaluated is shown as it is written.
    private static string? Evaluate(TemplateToken token, EvaluationContext contexts, JobScope job)
    {
        try
        {
            return JobTemplates.Text(token, contexts, job.Message.FileTable);
        }
        catch (WorkflowException)
        {
            return token is ScalarToken ? token.ToString() : null;
        }
    }

    private static bool NeedsSteps(ExpressionToken token)
    {
        try
        {
            return Expression.Parse(token.Expression).UsesContext("steps");
        }
        catch (ExpressionException)
        {
            return true;
        }
    }
}

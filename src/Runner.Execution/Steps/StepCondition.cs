using Runner.Execution.Reporting;
using Runner.Expressions;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Workflows.Templates;

namespace Runner.Execution.Steps;

/// <summary>The <c>if:</c> of a step, complete as GitHub sends it; an empty one is <c>success()</c>.</summary>
internal sealed class StepCondition(string? text)
{
    private readonly string _text = string.IsNullOrWhiteSpace(text) ? "success()" : text;

    /// <summary>Whether it holds now.</summary>
    /// <exception cref="WorkflowException">It is no expression, or cannot be evaluated.</exception>
    public bool Holds(EvaluationContext contexts, StepLog log)
    {
        try
        {
            var value = new TemplateEvaluator(contexts, []).EvaluateExpression(_text);
            if (log.IsDebug)
            {
                Trace(contexts, log);
            }

            return value.IsTruthy;
        }
        catch (WorkflowException error)
        {
            throw new WorkflowException($"The condition of the step is not valid. {error.Message} The condition is: {_text}", error);
        }
    }

    private void Trace(EvaluationContext contexts, StepLog log)
    {
        foreach (var line in Expression.Parse(_text).EvaluateTraced(contexts).Trace.ToLines())
        {
            log.Debug(line);
        }
    }
}

using Runner.Expressions;
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
            log.Debug($"Evaluating: {_text}");
            var value = new TemplateEvaluator(contexts, []).EvaluateExpression(_text);
            log.Debug($"Result: {Shown(value)}");
            return value.IsTruthy;
        }
        catch (WorkflowException error)
        {
            throw new WorkflowException($"The condition of the step is not valid. {error.Message} The condition is: {_text}", error);
        }
    }

    private static string Shown(Value value) => value.Kind switch
    {
        ValueKind.String => $"'{value.ToText()}'",
        ValueKind.Null => "null",
        _ => value.ToText(),
    };
}

using System.Collections.Immutable;
using Runner.Expressions.Parsing;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Templates;

/// <summary>
/// Evaluates templates — tokens with expressions in them — over one set of contexts, within GitHub's limits
/// (<c>expressions.md</c> section 8, <c>job-message.md</c> section 8).
/// </summary>
/// <remarks>
/// A context that has no value yet is null, and so is a known function that the <see cref="EvaluationContext"/> lacks. Each method tells all
/// that is wrong with its token in one <see cref="WorkflowException"/>, a line an error: <c>{file} (Line: n, Col: m): {message}</c>. The
/// evaluator itself holds nothing between calls.
/// </remarks>
public sealed class TemplateEvaluator
{
    private readonly EvaluationContext _context;
    private readonly ExpressionNames _names;
    private readonly IReadOnlyList<string> _fileTable;
    private readonly TemplateLimits _limits;

    /// <summary>An evaluator for workflows.</summary>
    /// <param name="context">Contexts and functions.</param>
    /// <param name="fileTable">Names of the files that positions refer to: the message's <c>fileTable</c>.</param>
    public TemplateEvaluator(EvaluationContext context, IReadOnlyList<string> fileTable)
        : this(context, fileTable, TemplateLimits.Workflow)
    {
    }

    /// <summary>An evaluator with limits of its own.</summary>
    public TemplateEvaluator(EvaluationContext context, IReadOnlyList<string> fileTable, TemplateLimits limits)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(fileTable);
        ArgumentNullException.ThrowIfNull(limits);
        _context = KnownNames.Complete(context);
        _names = KnownNames.For(context);
        _fileTable = fileTable;
        _limits = limits;
    }

    /// <summary>The value of any token; <c>null</c> is null.</summary>
    /// <exception cref="WorkflowException">The template is not valid.</exception>
    public Value Evaluate(TemplateToken? token) => token is null ? NullValue.Instance : Run(expansion => expansion.Expand(token, depth: 1));

    /// <summary>The text of a scalar; a null is empty. A list or mapping is an error.</summary>
    /// <exception cref="WorkflowException">The template is not valid.</exception>
    public string EvaluateText(TemplateToken? token) => token is null ? string.Empty : Run(expansion => expansion.ExpandText(token)) ?? string.Empty;

    /// <summary>A boolean. Anything else, the text <c>true</c> too, is an error.</summary>
    /// <exception cref="WorkflowException">The template is not valid.</exception>
    public bool EvaluateBoolean(TemplateToken token) => Run(expansion => expansion.ExpandBoolean(token));

    /// <summary>A number. Anything else, the text <c>1</c> too, is an error.</summary>
    /// <exception cref="WorkflowException">The template is not valid.</exception>
    public double EvaluateNumber(TemplateToken token) => Run(expansion => expansion.ExpandNumber(token));

    /// <summary>A mapping of names to texts, as <c>env</c>, <c>with</c> and <c>outputs</c> are, in order. A null is empty.</summary>
    /// <exception cref="WorkflowException">The template is not valid, or a name is empty or stands twice.</exception>
    public ImmutableArray<KeyValuePair<string, string>> EvaluateTexts(TemplateToken? token) =>
        token is null or NullToken ? [] : Run(expansion => expansion.ExpandTexts(token));

    /// <summary>A list of texts; a single text is a list of one, a null is empty.</summary>
    /// <exception cref="WorkflowException">The template is not valid.</exception>
    public ImmutableArray<string> EvaluateTextList(TemplateToken? token) =>
        token is null or NullToken ? [] : Run(expansion => expansion.ExpandTextList(token));

    /// <summary>A mapping whose values are of any kind, in order. A null is empty.</summary>
    /// <exception cref="WorkflowException">The template is not valid, or a name is empty or stands twice.</exception>
    public ImmutableArray<KeyValuePair<string, Value>> EvaluateEntries(TemplateToken? token) =>
        token is null or NullToken ? [] : Run(expansion => expansion.ExpandEntries(token));

    /// <summary>Whether the value of a condition (without <c>${{ }}</c>) counts as true.</summary>
    /// <exception cref="WorkflowException">The condition cannot be read or evaluated.</exception>
    public bool EvaluateCondition(string condition) => EvaluateExpression(condition).IsTruthy;

    /// <summary>The value of an expression (without <c>${{ }}</c>).</summary>
    /// <exception cref="WorkflowException">The expression cannot be read or evaluated.</exception>
    public Value EvaluateExpression(string expression) => Evaluate(new ExpressionToken(expression));

    private TResult Run<TResult>(Func<TemplateExpansion, TResult> evaluate)
    {
        var errors = new TemplateErrors(_fileTable, _limits);
        var result = evaluate(new TemplateExpansion(_context, _names, new TemplateBudget(_limits, errors), errors));
        errors.ThrowIfAny();
        return result;
    }
}

using System.Collections.Immutable;
using Runner.Expressions.Evaluation;
using Runner.Expressions.Functions;
using Runner.Expressions.Parsing;
using Runner.Expressions.Values;

namespace Runner.Expressions;

/// <summary>
/// An expression of GitHub's language, parsed: the text inside <c>${{ }}</c> or of a condition, without the braces.
/// Immutable; one may be evaluated many times, also at the same time.
/// </summary>
/// <remarks>Rules and limits: <c>expressions.md</c>, from GitHub's runner and its published test vectors.</remarks>
public sealed class Expression
{
    private readonly Node? _root;

    private Expression(string text, Node? root)
    {
        Text = text;
        _root = root;
    }

    /// <summary>The text as given.</summary>
    public string Text { get; }

    /// <summary>Whether the text is blank. GitHub takes it as an error in templates and as <c>success()</c> in conditions; it evaluates to null.</summary>
    public bool IsEmpty => _root is null;

    /// <summary>Parses an expression.</summary>
    /// <param name="text">The text without braces.</param>
    /// <param name="names">What it may name; <c>null</c> is <see cref="ExpressionNames.Unrestricted"/>.</param>
    /// <exception cref="ExpressionException">It is no expression, names what is not known, or exceeds a limit.</exception>
    public static Expression Parse(string text, ExpressionNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, Parser.Parse(text, names ?? ExpressionNames.Unrestricted));
    }

    /// <summary>Computes the value.</summary>
    /// <exception cref="ExpressionException">A function rejects its arguments, is not supplied, or the values take too much memory.</exception>
    public Value Evaluate(EvaluationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _root is null ? NullValue.Instance : new Evaluator(Text, context).Evaluate(_root);
    }

    /// <summary>Computes the value and tells how, as GitHub does in the debug log of a condition (<c>expressions.md</c> section 9).</summary>
    /// <exception cref="ExpressionException">As for <see cref="Evaluate"/>.</exception>
    public (Value Value, ExpressionTrace Trace) EvaluateTraced(EvaluationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_root is null)
        {
            return (NullValue.Instance, ExpressionTrace.Empty);
        }

        var recording = new EvaluationRecording();
        var value = new Evaluator(Text, context, recording.Enter, recording.Leave).Evaluate(_root);
        return (value, CanonicalText.Trace(_root, value, recording.Lines, recording.Results));
    }

    /// <summary>Whether all contexts and functions that it names are there.</summary>
    public bool IsCoveredBy(EvaluationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Nodes().All(node => node switch
        {
            NamedValueNode named => context.FindContext(named.Name) is not null,
            CallNode { BuiltIn: null } call => context.FindFunction(call.Name) is not null,
            _ => true,
        });
    }

    /// <summary>
    /// The template that it was written as: GitHub sends <c>a ${{ github.ref }}</c> as <c>format('a {0}', github.ref)</c>. An expression that is no such call
    /// stands in braces.
    /// </summary>
    public string ToTemplate()
    {
        if (_root is CallNode { BuiltIn: FormatFunction, Arguments: [LiteralNode { Value: StringValue } pattern, .. { Length: > 0 } rest] } call)
        {
            var shown = rest.Select(argument => new LiteralNode(new StringValue(Braced(CanonicalText.Of(argument)))));
            return new Evaluator(Text, new EvaluationContext()).Evaluate(call with { Arguments = [pattern, .. shown] }).ToText();
        }

        return Braced(Text);
    }

    /// <summary>Whether the tree calls one of the functions. Names in strings and properties do not count.</summary>
    public bool CallsFunction(params IEnumerable<string> names) =>
        Nodes().OfType<CallNode>().Any(call => names.Contains(call.Name, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether the tree names one of the contexts.</summary>
    public bool UsesContext(params IEnumerable<string> names) =>
        Nodes().OfType<NamedValueNode>().Any(context => names.Contains(context.Name, StringComparer.OrdinalIgnoreCase));

    /// <summary>
    /// Each use of a context: its name and the names behind it, as in <c>needs.build.outputs</c>. <c>null</c> stands for a name that is computed, and for <c>*</c>.
    /// </summary>
    public IEnumerable<ImmutableArray<string?>> ContextPaths() => _root is null ? [] : PathsIn(_root);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string Braced(string expression) => "${{ " + expression + " }}";

    private static IEnumerable<ImmutableArray<string?>> PathsIn(Node node) =>
        PathOf(node) is { } path ? Indices(node).SelectMany(PathsIn).Prepend(path) : node.Children.SelectMany(PathsIn);

    private static ImmutableArray<string?>? PathOf(Node node) => node switch
    {
        NamedValueNode named => [named.Name],
        IndexNode index => PathOf(index.Container)?.Add(index.Index is LiteralNode { Value: StringValue name } ? name.Value : null),
        WildcardNode all => PathOf(all.Container)?.Add(null),
        _ => null,
    };

    private static IEnumerable<Node> Indices(Node node) => node switch
    {
        IndexNode index => Indices(index.Container).Append(index.Index),
        WildcardNode all => Indices(all.Container),
        _ => [],
    };

    private IEnumerable<Node> Nodes() => _root is null ? [] : WithDescendants(_root);

    private static IEnumerable<Node> WithDescendants(Node node) => node.Children.SelectMany(WithDescendants).Prepend(node);
}

using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Grammar;

/// <summary>
/// Holds tokens against a <see cref="Shape"/>: unknown keys, wrong kinds of values and expressions that use what is not there become
/// diagnostics in GitHub's words; texts with <c>${{ }}</c> become expression tokens; scalars become what their place wants.
/// </summary>
/// <remarks>Everything is checked, whatever is wrong elsewhere. What is wrong stays in the result as it was found.</remarks>
internal sealed class ShapeChecker(DiagnosticBag diagnostics)
{
    public TemplateToken Check(TemplateToken token, Shape shape) => CheckValue(token, shape, ExpressionScope.None);

    private TemplateToken CheckValue(TemplateToken token, Shape shape, ExpressionScope outer)
    {
        var scope = shape.Scope.Within(outer);
        return token switch
        {
            ScalarToken scalar => CheckScalar(scalar, shape, scope),
            SequenceToken sequence => CheckSequence(sequence, shape, scope),
            MappingToken mapping => new MappingChecker(this, diagnostics, mapping).Check(shape, scope),
            _ => throw new ArgumentException($"{token.GetType().Name} is no token that a file can hold", nameof(token)),
        };
    }

    /// <summary>A value inside a mapping whose scope is known.</summary>
    internal TemplateToken CheckInside(TemplateToken token, Shape shape, ExpressionScope scope) => CheckValue(token, shape, scope);

    /// <summary>
    /// A key or value with its <c>${{ }}</c> taken apart; a token without any comes back as it is, and so does one that cannot be read. One that
    /// may not stand here is an expression all the same, so that nobody takes its text for a literal.
    /// </summary>
    internal ScalarToken ReadExpressions(ScalarToken scalar, ExpressionScope scope)
    {
        if (scalar is not StringToken text || !ExpressionSplitter.HasExpression(text.Value))
        {
            return scalar;
        }

        if (scope.IsEmpty)
        {
            diagnostics.Add(text.Position, "A template expression is not allowed in this context");
            return new ExpressionToken(text.Value) { Position = text.Position, Written = text.Value };
        }

        return ExpressionSplitter.Split(
            text,
            expression => ScopedExpressions.Check(expression, scope),
            (problem, spot) => diagnostics.Add(text.Position, spot, problem.Message, problem.Hint));
    }

    private ScalarToken CheckScalar(ScalarToken scalar, Shape shape, ExpressionScope scope)
    {
        var token = ReadExpressions(scalar, scope);
        if (token is ExpressionToken)
        {
            // Of what type its value is shows when it is evaluated.
            return token;
        }

        var choices = shape.Choices;
        if (choices.Any(choice => IsExactly(token, choice)))
        {
            return token;
        }

        // A text is wanted: null, booleans and numbers are read as the text that they stand for.
        var asText = token.ToString() ?? string.Empty;
        if (token is not (StringToken or InsertToken) && choices.OfType<StringShape>().Any(choice => choice.Matches(asText)))
        {
            return new StringToken(asText) { Position = token.Position };
        }

        var known = choices.OfType<StringShape>().SelectMany(choice => choice.Values).ToList();
        diagnostics.Add(token.Position, $"Unexpected value '{asText}'", Hints.Nearest(asText, known));
        return token;
    }

    private static bool IsExactly(ScalarToken token, Shape choice) => (token, choice) switch
    {
        (not InsertToken, AnyShape) => true,
        (NullToken, NullShape) => true,
        (BooleanToken, BooleanShape) => true,
        (NumberToken, NumberShape) => true,
        (StringToken text, StringShape shape) => shape.Matches(text.Value),
        _ => false,
    };

    private SequenceToken CheckSequence(SequenceToken sequence, Shape shape, ExpressionScope scope)
    {
        var choice = shape.Choices.FirstOrDefault(candidate => candidate is SequenceShape or AnyShape);
        if (choice is null)
        {
            diagnostics.Add(sequence.Position, "A sequence was not expected");
            return sequence;
        }

        var item = choice is SequenceShape list ? list.Item() : choice;
        var inner = choice.Scope.Within(scope);
        return sequence with { Items = [.. sequence.Items.Select(value => CheckValue(value, item, inner))] };
    }
}

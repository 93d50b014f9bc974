using System.Collections.ObjectModel;
using System.Text.Json;
using Runner.Cli.CommandLine;
using Runner.Execution.Contexts;
using Runner.Expressions.Parsing;
using Runner.Expressions.Values;
using Runner.Jobs;

namespace Runner.Cli.Commands;

/// <summary>An expression with the contexts that it may name, as GitHub's published test vectors have them.</summary>
/// <param name="Expression">Without <c>${{ }}</c>.</param>
/// <param name="Contexts">The contexts; any other name is an error.</param>
/// <param name="Functions">The functions that a job supplies.</param>
internal sealed record ExpressionCase(
    string Expression, IReadOnlyDictionary<string, Value> Contexts, IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> Functions)
{
    public static IReadOnlyDictionary<string, Value> NoContexts { get; } = ReadOnlyDictionary<string, Value>.Empty;

    /// <summary>Evaluates a line <c>{"expr":…,"contexts":{…}}</c>. A line that is no case gives an error of the kind <c>input</c>.</summary>
    /// <param name="line">One JSON object.</param>
    /// <param name="contexts">The contexts of a case that brings none.</param>
    /// <param name="functions">The functions that a job supplies.</param>
    public static ExpressionAnswer EvaluateLine(
        string line, IReadOnlyDictionary<string, Value> contexts, IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> functions)
    {
        try
        {
            using var document = JsonDocument.Parse(line, JsonDepth.OfDocument);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("expr", out var expression)
                || expression.ValueKind != JsonValueKind.String)
            {
                return ExpressionAnswer.OfError("input", "Expected an object with the member 'expr', a text, and perhaps 'contexts', an object");
            }

            var own = root.TryGetProperty("contexts", out var given) && given.ValueKind == JsonValueKind.Object ? ReadContexts(given) : contexts;
            return new ExpressionCase(expression.GetString() ?? string.Empty, own, functions).Evaluate();
        }
        catch (JsonException error) when (error.LineNumber is not null)
        {
            return ExpressionAnswer.OfError("input", JsonProblem.Of("input", line, error));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The second: a text with half a character in it.
            return ExpressionAnswer.OfError("input", $"The line is not JSON: {error.Message}");
        }
    }

    /// <summary>The members of a JSON object as contexts.</summary>
    /// <exception cref="JsonException">It is no object.</exception>
    public static IReadOnlyDictionary<string, Value> ReadContexts(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"the contexts must be a JSON object, not {json.ValueKind}");
        }

        var contexts = new Dictionary<string, Value>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in json.EnumerateObject())
        {
            contexts[member.Name] = ReadValue(member.Value);
        }

        return contexts;
    }

    /// <summary>Parses and evaluates.</summary>
    public ExpressionAnswer Evaluate()
    {
        try
        {
            var names = new ExpressionNames(Contexts.Keys, WorkspaceFunctions.Declarations);
            var context = new EvaluationContext { Contexts = Contexts, Functions = Functions };
            return new ExpressionAnswer(Runner.Expressions.Expression.Parse(Expression, names).Evaluate(context), null, null);
        }
        catch (ExpressionException error)
        {
            return ExpressionAnswer.OfError(error.Kind.ToString().ToLowerInvariant(), error.Message);
        }
    }

    private static Value ReadValue(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => BooleanValue.Of(json.GetBoolean()),
        JsonValueKind.Number => new NumberValue(json.GetDouble()),
        JsonValueKind.String => new StringValue(json.GetString() ?? string.Empty),
        JsonValueKind.Array => new ArrayValue([.. json.EnumerateArray().Select(ReadValue)]),
        JsonValueKind.Object => new ObjectValue(json.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, ReadValue(member.Value)))),
        _ => NullValue.Instance,
    };
}

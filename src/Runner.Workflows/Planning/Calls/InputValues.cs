using System.Collections.Immutable;
using System.Globalization;
using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Workflows.Model.Triggers;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Planning.Calls;

/// <summary>Makes the <c>inputs</c> context: what was given, typed and checked, and defaults for the rest.</summary>
internal sealed class InputValues(TemplateEvaluator evaluator, bool comesFromOutside)
{
    private readonly List<string> _errors = [];

    /// <summary>The values in the order of their definitions.</summary>
    /// <param name="definitions">The inputs that there are.</param>
    /// <param name="given">What was given.</param>
    /// <param name="evaluator">Evaluates defaults.</param>
    /// <param name="comesFromOutside">Whether texts stand for booleans and numbers, as they do on a command line; a calling job must have the type right.</param>
    /// <exception cref="WorkflowException">A value is missing, of the wrong type, or for no input; the message has a line for each.</exception>
    public static DictionaryData Resolve(
        ImmutableArray<InputDefinition> definitions, IReadOnlyCollection<KeyValuePair<string, Value>> given, TemplateEvaluator evaluator, bool comesFromOutside) =>
        new InputValues(evaluator, comesFromOutside).Resolve(definitions, given);

    private DictionaryData Resolve(ImmutableArray<InputDefinition> definitions, IReadOnlyCollection<KeyValuePair<string, Value>> given)
    {
        foreach (var name in given.Select(entry => entry.Key).Where(name => !definitions.Any(definition => IsNamed(definition, name))))
        {
            var known = definitions.Select(definition => definition.Name).ToList();
            _errors.Add($"Invalid input, {name} is not defined in the {(comesFromOutside ? "workflow" : "referenced workflow")}{NearestName.Hint(name, known)}");
        }

        DictionaryData values = new(
            [.. definitions.Select(definition => KeyValuePair.Create(definition.Name, ContextValues.ToData(ValueOf(definition, given))))]);
        return _errors.Count == 0 ? values : throw new WorkflowException(string.Join('\n', _errors));
    }

    private Value ValueOf(InputDefinition definition, IReadOnlyCollection<KeyValuePair<string, Value>> given)
    {
        var value = given.LastOrDefault(entry => IsNamed(definition, entry.Key)).Value;
        if (value is null && definition.IsRequired && definition.Default is null)
        {
            _errors.Add($"Input {definition.Name} is required, but not provided while calling.");
            return NullValue.Instance;
        }

        value ??= definition.Default is null ? null : evaluator.Evaluate(definition.Default);
        return value is null || (value is NullValue && comesFromOutside) ? Nothing(definition.Type) : Convert(definition, value);
    }

    private Value Convert(InputDefinition definition, Value value)
    {
        // Null is the empty text, which is neither a boolean nor a number: GitHub refuses the call.
        var text = value.ToText();
        switch (definition.Type)
        {
            case "boolean":
                return value is BooleanValue ? value
                    : comesFromOutside && bool.TryParse(text, out var boolean) ? BooleanValue.Of(boolean)
                    : Refuse(definition, $"'{text}' is no boolean");
            case "number":
                return value is NumberValue ? value
                    : comesFromOutside && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? new NumberValue(number)
                    : Refuse(definition, $"'{text}' is no number");
            case "choice" when !definition.Options.Contains(text, StringComparer.Ordinal):
                return Refuse(definition, $"'{text}' is not one of: {string.Join(", ", definition.Options)}");
            default:
                return value is ArrayValue or ObjectValue ? Refuse(definition, "a list or mapping is no text") : new StringValue(text);
        }
    }

    private NullValue Refuse(InputDefinition definition, string problem)
    {
        _errors.Add($"Input {definition.Name}: {problem}");
        return NullValue.Instance;
    }

    // GitHub's page on workflow_call: without a value and a default.
    private static Value Nothing(string type) => type switch
    {
        "boolean" => BooleanValue.False,
        "number" => new NumberValue(0),
        _ => new StringValue(string.Empty),
    };

    private static bool IsNamed(InputDefinition definition, string name) => string.Equals(definition.Name, name, StringComparison.OrdinalIgnoreCase);
}

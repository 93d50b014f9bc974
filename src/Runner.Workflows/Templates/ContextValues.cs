using System.Collections.Immutable;
using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Templates;

/// <summary>Turns values between the forms they travel in (job message, tokens) and the form expressions work on.</summary>
public static class ContextValues
{
    /// <summary>Context data as a value; <c>null</c> as null.</summary>
    public static Value ToValue(ContextData? data) => data switch
    {
        null or NullData => NullValue.Instance,
        StringData text => new StringValue(text.Value),
        BooleanData boolean => BooleanValue.Of(boolean.Value),
        NumberData number => new NumberValue(number.Value),
        ArrayData array => new ArrayValue([.. array.Items.Select(ToValue)]),
        DictionaryData dictionary => new ObjectValue(
            dictionary.Entries.Select(entry => KeyValuePair.Create(entry.Key, ToValue(entry.Value))), dictionary.IsCaseSensitive),
        _ => throw new ArgumentException($"{data.GetType().Name} has no value", nameof(data)),
    };

    /// <summary>A value as context data.</summary>
    public static ContextData ToData(Value value) => value switch
    {
        NullValue => NullData.Instance,
        StringValue text => new StringData(text.Value),
        BooleanValue boolean => new BooleanData(boolean.Value),
        NumberValue number => new NumberData(number.Value),
        ArrayValue array => new ArrayData([.. array.Items.Select(ToData)]),
        ObjectValue entries => new DictionaryData(
            [.. entries.Entries.Select(entry => KeyValuePair.Create(entry.Key, ToData(entry.Value)))], entries.IsCaseSensitive),
        _ => throw new ArgumentException($"{value?.GetType().Name} has no context data", nameof(value)),
    };

    /// <summary>A value as a token without a place.</summary>
    public static TemplateToken ToToken(Value value) => value switch
    {
        NullValue => new NullToken(),
        StringValue text => new StringToken(text.Value),
        BooleanValue boolean => new BooleanToken(boolean.Value),
        NumberValue number => new NumberToken(number.Value),
        ArrayValue array => new SequenceToken([.. array.Items.Select(ToToken)]),
        ObjectValue entries => new MappingToken(
            [.. entries.Entries.Select(entry => new MappingEntry(new StringToken(entry.Key), ToToken(entry.Value)))]),
        _ => throw new ArgumentException($"{value?.GetType().Name} has no token", nameof(value)),
    };

    /// <summary>Contexts of a job message as values, to be found in any case. Of names that differ in case only the last counts.</summary>
    public static ImmutableDictionary<string, Value> ToContexts(IEnumerable<KeyValuePair<string, ContextData>> contexts) =>
        ImmutableDictionary.Create<string, Value>(StringComparer.OrdinalIgnoreCase)
            .SetItems(contexts.Select(entry => KeyValuePair.Create(entry.Key, ToValue(entry.Value))));
}

using System.Collections.Immutable;
using Runner.Expressions;
using Runner.Expressions.Parsing;
using Runner.Expressions.Values;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Templates;

/// <summary>One evaluation of one template. Where something is wrong it is noted, and the evaluation goes on with what is right.</summary>
internal sealed class TemplateExpansion(EvaluationContext context, ExpressionNames names, TemplateBudget budget, TemplateErrors errors)
{
    public Value Expand(TemplateToken token, int depth) => token switch
    {
        NullToken => NullValue.Instance,
        BooleanToken boolean => BooleanValue.Of(boolean.Value),
        NumberToken number => new NumberValue(number.Value),
        StringToken text => ExpandLiteral(text),
        ExpressionToken expression => ExpandExpression(expression, depth),
        SequenceToken sequence => ExpandSequence(sequence, depth),
        MappingToken mapping => new ObjectValue(ExpandMapping(mapping, depth).Select(entry => KeyValuePair.Create(entry.Name, entry.Value))),
        InsertToken => Refuse(token.Position, "The directive 'insert' is allowed only as a key of a mapping"),
        _ => throw new ArgumentException($"{token.GetType().Name} cannot be evaluated", nameof(token)),
    };

    public string? ExpandText(TemplateToken token) => AsText(Expand(token, depth: 1), token.Position);

    public bool ExpandBoolean(TemplateToken token)
    {
        var value = Expand(token, depth: 1);
        if (value is BooleanValue boolean)
        {
            return boolean.Value;
        }

        RefuseKind(value, token.Position);
        return false;
    }

    public double ExpandNumber(TemplateToken token)
    {
        var value = Expand(token, depth: 1);
        if (value is NumberValue number)
        {
            return number.Value;
        }

        RefuseKind(value, token.Position);
        return 0;
    }

    public ImmutableArray<string> ExpandTextList(TemplateToken token)
    {
        // Not of the list as a whole: each item has a place of its own.
        if (token is not SequenceToken sequence)
        {
            return Expand(token, depth: 1) is ArrayValue array ? Texts(array, token.Position) : Texts([token]);
        }

        return Texts(sequence.Items);
    }

    public ImmutableArray<KeyValuePair<string, Value>> ExpandEntries(TemplateToken token) =>
        [.. Entries(token).Select(entry => KeyValuePair.Create(entry.Name, entry.Value))];

    public ImmutableArray<KeyValuePair<string, string>> ExpandTexts(TemplateToken token) =>
        [.. Entries(token).Select(entry => KeyValuePair.Create(entry.Name, AsText(entry.Value, entry.Position) ?? string.Empty))];

    private StringValue ExpandLiteral(StringToken text)
    {
        budget.Count(text.Value, text.Position);
        return new StringValue(text.Value);
    }

    private Value ExpandExpression(ExpressionToken token, int depth)
    {
        try
        {
            var value = Expression.Parse(token.Expression, names).Evaluate(context);
            budget.Count(value, depth, token.Position);
            return value;
        }
        catch (ExpressionException problem)
        {
            return Refuse(token.Position, problem.Message);
        }
    }

    private ArrayValue ExpandSequence(SequenceToken sequence, int depth)
    {
        budget.Enter(depth, sequence.Position);
        budget.CountValue(sequence.Position);
        var items = new List<Value>(sequence.Items.Length);
        foreach (var item in sequence.Items)
        {
            var value = Expand(item, depth + 1);
            if (item is ExpressionToken && value is ArrayValue list)
            {
                items.AddRange(list.Items);
            }
            else
            {
                items.Add(value);
            }
        }

        return new ArrayValue(items);
    }

    private List<TemplateEntry> Entries(TemplateToken token)
    {
        if (token is MappingToken mapping)
        {
            return ExpandMapping(mapping, depth: 1);
        }

        var value = Expand(token, depth: 1);
        if (value is ObjectValue entries)
        {
            return [.. entries.Entries.Select(entry => new TemplateEntry(entry.Key, entry.Value, token.Position))];
        }

        RefuseKind(value, token.Position);
        return [];
    }

    private List<TemplateEntry> ExpandMapping(MappingToken mapping, int depth)
    {
        budget.Enter(depth, mapping.Position);
        budget.CountValue(mapping.Position);
        var entries = new List<TemplateEntry>(mapping.Entries.Length);
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in mapping.Entries)
        {
            if (key is InsertToken)
            {
                foreach (var inserted in ExpandInserted(value, depth))
                {
                    AddEntry(inserted, value.Position);
                }
            }
            else if (AsText(Expand(key, depth + 1), key.Position) is { } name)
            {
                AddEntry(new TemplateEntry(name, Expand(value, depth + 1), value.Position), key.Position);
            }
        }

        return entries;

        void AddEntry(TemplateEntry entry, SourcePosition? place)
        {
            if (entry.Name.Length == 0)
            {
                errors.Add(place, "Unexpected value ''");
            }
            else if (!known.Add(entry.Name))
            {
                errors.Add(place, $"'{entry.Name}' is already defined");
            }
            else
            {
                entries.Add(entry);
            }
        }
    }

    private List<TemplateEntry> ExpandInserted(TemplateToken token, int depth)
    {
        if (token is MappingToken mapping)
        {
            return ExpandMapping(mapping, depth);
        }

        if (Expand(token, depth) is ObjectValue entries)
        {
            return [.. entries.Entries.Select(entry => new TemplateEntry(entry.Key, entry.Value, token.Position))];
        }

        errors.Add(token.Position, "Expected a mapping");
        return [];
    }

    private ImmutableArray<string> Texts(ImmutableArray<TemplateToken> items)
    {
        var texts = ImmutableArray.CreateBuilder<string>(items.Length);
        foreach (var item in items)
        {
            var value = Expand(item, depth: 2);
            if (item is ExpressionToken && value is ArrayValue list)
            {
                texts.AddRange(Texts(list, item.Position));
            }
            else if (AsText(value, item.Position) is { } text)
            {
                texts.Add(text);
            }
        }

        return texts.ToImmutable();
    }

    private ImmutableArray<string> Texts(ArrayValue array, SourcePosition? position) =>
        [.. array.Items.Select(item => AsText(item, position)).OfType<string>()];

    private string? AsText(Value value, SourcePosition? position)
    {
        if (value.IsPrimitive)
        {
            return value.ToText();
        }

        RefuseKind(value, position);
        return null;
    }

    private void RefuseKind(Value value, SourcePosition? position) => errors.Add(position, value switch
    {
        ArrayValue => "A sequence was not expected",
        ObjectValue => "A mapping was not expected",
        _ => $"Unexpected value '{value.ToText()}'",
    });

    private NullValue Refuse(SourcePosition? position, string message)
    {
        errors.Add(position, message);
        return NullValue.Instance;
    }

    private readonly record struct TemplateEntry(string Name, Value Value, SourcePosition? Position);
}

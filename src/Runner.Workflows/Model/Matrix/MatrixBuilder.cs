using System.Collections.Immutable;
using Runner.Expressions;
using Runner.Expressions.Values;

namespace Runner.Workflows.Model.Matrix;

/// <summary>Expands <c>strategy.matrix</c>: the product of its lists, less <c>exclude</c>, with <c>include</c> added.</summary>
/// <remarks>
/// GitHub's rules: the first list varies slowest; an exclude item takes away every combination that has its values; an include item adds its
/// other values to every combination that has those of its values whose keys are lists of the matrix, and becomes a combination of its own
/// where there is none; values that lists gave are never overwritten. Values are compared as the expression <c>==</c> does, leaf by leaf.
/// </remarks>
internal sealed class MatrixBuilder
{
    private const int MaxCombinations = 256;

    private static readonly Expression AreEqual = Expression.Parse("left == right");

    private readonly List<string> _errors;
    private readonly List<KeyValuePair<string, ArrayValue>> _lists = [];
    private readonly List<ObjectValue> _include = [];
    private readonly List<ObjectValue> _exclude = [];

    private MatrixBuilder(List<string> errors) => _errors = errors;

    /// <summary>The combinations in order. What is wrong is added to the errors.</summary>
    public static ImmutableArray<MatrixCombination> Build(ObjectValue matrix, List<string> errors)
    {
        var builder = new MatrixBuilder(errors);
        builder.Read(matrix);
        return errors.Count == 0 ? builder.Expand() : [];
    }

    private void Read(ObjectValue matrix)
    {
        foreach (var (name, value) in matrix.Entries)
        {
            if (value is not ArrayValue list)
            {
                _errors.Add($"Matrix vector '{name}' must be a list, not '{value.ToText()}'");
            }
            else if (name is "include" or "exclude")
            {
                ReadFilters(name, list, name == "include" ? _include : _exclude);
            }
            else if (list.Items.Count == 0)
            {
                _errors.Add($"Matrix vector '{name}' does not contain any values");
            }
            else
            {
                _lists.Add(new(name, list));
            }
        }

        if (_lists.Count == 0 && _include.Count == 0 && _errors.Count == 0)
        {
            _errors.Add("Matrix must define at least one vector");
        }

        foreach (var key in _exclude.SelectMany(filter => filter.Entries).Select(entry => entry.Key).Where(key => !IsList(key)))
        {
            _errors.Add($"Matrix exclude key '{key}' does not match any key within the matrix");
        }
    }

    private void ReadFilters(string name, ArrayValue list, List<ObjectValue> filters)
    {
        foreach (var item in list.Items)
        {
            if (item is ObjectValue { Entries.Count: > 0 } filter)
            {
                filters.Add(filter);
            }
            else
            {
                _errors.Add(item is ObjectValue
                    ? $"Matrix {name} mapping does not contain any values"
                    : $"Each item of matrix {name} must be a mapping, not '{item.ToText()}'");
            }
        }
    }

    private ImmutableArray<MatrixCombination> Expand()
    {
        var size = _lists.Aggregate(_lists.Count == 0 ? 0L : 1L, (product, list) => Math.Min(product * list.Value.Items.Count, int.MaxValue));
        if (size + _include.Count > MaxCombinations * 64L)
        {
            // Far beyond what exclude could bring back below the limit: not even built.
            return TooMany(size);
        }

        var combinations = ImmutableArray.CreateBuilder<MatrixCombination>();
        var used = new HashSet<ObjectValue>(ReferenceEqualityComparer.Instance);
        for (var index = 0; index < size; index++)
        {
            var values = Pick(index, (int)size);
            if (!_exclude.Exists(filter => filter.Entries.All(entry => Matches(Find(values, entry.Key), entry.Value))))
            {
                combinations.Add(MatrixCombination.Of(values, Added(values, used)));
            }
        }

        combinations.AddRange(_include.Where(item => !used.Contains(item)).Select(OwnCombination));
        return combinations.Count > MaxCombinations ? TooMany(combinations.Count) : combinations.ToImmutable();
    }

    private ImmutableArray<MatrixCombination> TooMany(long count)
    {
        _errors.Add($"The matrix gives {count} jobs; at most {MaxCombinations} are allowed");
        return [];
    }

    private List<KeyValuePair<string, Value>> Pick(int index, int size)
    {
        var values = new List<KeyValuePair<string, Value>>(_lists.Count);
        foreach (var (name, list) in _lists)
        {
            size /= list.Items.Count;
            values.Add(new(name, list.Items[index / size % list.Items.Count]));
        }

        return values;
    }

    private List<KeyValuePair<string, Value>> Added(List<KeyValuePair<string, Value>> values, HashSet<ObjectValue> used)
    {
        var added = new List<KeyValuePair<string, Value>>();
        foreach (var item in _include.Where(item => item.Entries.All(entry => !IsList(entry.Key) || Matches(Find(values, entry.Key), entry.Value))))
        {
            used.Add(item);
            added.AddRange(item.Entries.Where(entry => !IsList(entry.Key)));
        }

        return added;
    }

    // In GitHub's order: what lists have a key for comes first.
    private MatrixCombination OwnCombination(ObjectValue item) =>
        MatrixCombination.Of([.. item.Entries.Where(entry => IsList(entry.Key)), .. item.Entries.Where(entry => !IsList(entry.Key))], []);

    private bool IsList(string key) => _lists.Exists(list => string.Equals(list.Key, key, StringComparison.OrdinalIgnoreCase));

    private static Value? Find(List<KeyValuePair<string, Value>> values, string key) =>
        values.Find(value => string.Equals(value.Key, key, StringComparison.OrdinalIgnoreCase)).Value;

    private static bool Matches(Value? actual, Value filter) => filter switch
    {
        ObjectValue entries => entries.Entries.All(entry => Matches((actual as ObjectValue)?.Find(entry.Key), entry.Value)),
        ArrayValue array => array.Items.Select((item, index) => (item, index)).All(
            pair => Matches(actual is ArrayValue list && pair.index < list.Items.Count ? list.Items[pair.index] : null, pair.item)),
        _ => AreEqual.Evaluate(new EvaluationContext
        {
            Contexts = new Dictionary<string, Value> { ["left"] = actual ?? NullValue.Instance, ["right"] = filter },
        }).IsTruthy,
    };
}

using Runner.Expressions.Values;

namespace Runner.Expressions.Evaluation;

/// <summary>Indexes, properties and <c>.*</c> (<c>expressions.md</c> section 4). What is not there is null, never an error.</summary>
internal static class Indexing
{
    /// <summary>The member or item; of the list that <c>.*</c> gave, that of each of its items.</summary>
    public static Value At(Value container, Value index)
    {
        if (container is not ArrayValue { IsFiltered: true } filtered)
        {
            return Find(container, index) ?? NullValue.Instance;
        }

        var found = new List<Value>();
        foreach (var item in filtered.Items)
        {
            if (Find(item, index) is { } value)
            {
                found.Add(value);
            }
        }

        return new ArrayValue(found) { IsFiltered = true };
    }

    /// <summary>All members or items; of the list that <c>.*</c> gave, those of all its items.</summary>
    public static Value All(Value container)
    {
        var all = new List<Value>();
        if (container is ArrayValue { IsFiltered: true } filtered)
        {
            foreach (var item in filtered.Items)
            {
                AddAll(item, all);
            }
        }
        else
        {
            AddAll(container, all);
        }

        return new ArrayValue(all) { IsFiltered = true };
    }

    private static Value? Find(Value container, Value index) => container switch
    {
        ObjectValue members when index.IsPrimitive => members.Find(index.ToText()),
        // Written so that NaN is not within; 1.9 is 1.
        ArrayValue array when index.ToNumber() is var number && number >= 0 && number < array.Items.Count => array.Items[(int)number],
        _ => null,
    };

    private static void AddAll(Value container, List<Value> all)
    {
        switch (container)
        {
            case ObjectValue members:
                foreach (var (_, value) in members.Entries)
                {
                    all.Add(value);
                }

                break;
            case ArrayValue array:
                all.AddRange(array.Items);
                break;
        }
    }
}

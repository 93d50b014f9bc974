using Runner.Expressions.Values;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Scopes;

/// <summary>The <c>steps</c> context: outputs and results of the steps that ended and have an id.</summary>
internal sealed class StepResults
{
    private readonly OrderedDictionary<string, Value> _steps = new(StringComparer.OrdinalIgnoreCase);
    private ObjectValue? _value = ObjectValue.Empty;

    /// <summary>The context as it is now.</summary>
    public ObjectValue Value => _value ??= new ObjectValue(_steps);

    /// <summary>The context as it is now, for steps of their own.</summary>
    public StepResults Copy()
    {
        var copy = new StepResults();
        foreach (var (id, step) in _steps)
        {
            copy._steps[id] = step;
        }

        copy._value = null;
        return copy;
    }

    /// <summary>Notes a step's end. Steps without an id of the author's (none, or one that begins with <c>__</c>) are not noted.</summary>
    /// <param name="outcome">Its result before <c>continue-on-error</c>.</param>
    /// <param name="conclusion">Its result after it.</param>
    public void Add(string? id, IReadOnlyDictionary<string, string> outputs, Conclusion outcome, Conclusion conclusion)
    {
        if (string.IsNullOrEmpty(id) || id.StartsWith("__", StringComparison.Ordinal))
        {
            return;
        }

        _steps[id] = new ObjectValue(
        [
            KeyValuePair.Create<string, Value>("outputs", new ObjectValue(
                outputs.Select(output => KeyValuePair.Create<string, Value>(output.Key, new StringValue(output.Value))))),
            KeyValuePair.Create<string, Value>("outcome", new StringValue(StatusText.Of(outcome))),
            KeyValuePair.Create<string, Value>("conclusion", new StringValue(StatusText.Of(conclusion))),
        ]);
        _value = null;
    }
}

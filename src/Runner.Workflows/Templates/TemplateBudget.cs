using Runner.Expressions.Values;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Templates;

/// <summary>Counts what one evaluation makes and stops it where it passes a limit.</summary>
internal sealed class TemplateBudget(TemplateLimits limits, TemplateErrors errors)
{
    private const int ValueBytes = 24;
    private const int TextBytes = 26;

    private int _events;
    private long _bytes;

    /// <exception cref="Jobs.Errors.WorkflowException">The nesting is too deep.</exception>
    public void Enter(int depth, SourcePosition? position)
    {
        if (depth > limits.MaxDepth)
        {
            errors.Add(position, "Maximum object depth exceeded");
            throw errors.ToException();
        }
    }

    /// <summary>Counts a text that became part of the result.</summary>
    /// <exception cref="Jobs.Errors.WorkflowException">A limit is passed.</exception>
    public void Count(string text, SourcePosition? position) => Count(TextBytes + (2L * text.Length), position);

    /// <summary>Counts a value that is neither a text nor from an expression.</summary>
    /// <exception cref="Jobs.Errors.WorkflowException">A limit is passed.</exception>
    public void CountValue(SourcePosition? position) => Count(ValueBytes, position);

    /// <summary>Counts the value of an expression with all that is in it.</summary>
    /// <exception cref="Jobs.Errors.WorkflowException">A limit is passed.</exception>
    public void Count(Value value, int depth, SourcePosition? position)
    {
        switch (value)
        {
            case StringValue text:
                Count(text.Value, position);
                break;
            case ArrayValue array:
                Enter(depth, position);
                Count(ValueBytes, position);
                foreach (var item in array.Items)
                {
                    Count(item, depth + 1, position);
                }

                break;
            case ObjectValue entries:
                Enter(depth, position);
                Count(ValueBytes, position);
                foreach (var (name, item) in entries.Entries)
                {
                    Count(name, position);
                    Count(item, depth + 1, position);
                }

                break;
            default:
                Count(ValueBytes, position);
                break;
        }
    }

    private void Count(long bytes, SourcePosition? position)
    {
        _events++;
        _bytes += bytes;
        if (_events > limits.MaxEvents)
        {
            errors.Add(position, $"The template has more than {limits.MaxEvents} values");
            throw errors.ToException();
        }

        if (_bytes > limits.MaxBytes)
        {
            errors.Add(position, "Maximum object size exceeded");
            throw errors.ToException();
        }
    }
}

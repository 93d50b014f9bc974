using System.Text;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Templates;

/// <summary>Collects what is wrong with one template, up to the limit, for one exception that says it all.</summary>
internal sealed class TemplateErrors(IReadOnlyList<string> fileTable, TemplateLimits limits)
{
    private readonly List<string> _messages = [];
    private SourcePosition? _first;

    public void Add(SourcePosition? position, string message)
    {
        if (_messages.Count == limits.MaxErrors)
        {
            return;
        }

        _first ??= position;
        var text = position is null ? message : $"{FileName(position)}(Line: {position.Line}, Col: {position.Column}): {message}";
        _messages.Add(text.Length > limits.MaxErrorLength ? Cut(text) : text);
    }

    /// <exception cref="WorkflowException">There was an error.</exception>
    public void ThrowIfAny()
    {
        if (_messages.Count > 0)
        {
            throw ToException();
        }
    }

    public WorkflowException ToException() => new(string.Join('\n', _messages), _first);

    private string FileName(SourcePosition position) =>
        position.File > 0 && position.File <= fileTable.Count ? fileTable[position.File - 1] + " " : string.Empty;

    private string Cut(string text)
    {
        // Not between the halves of one character.
        var length = char.IsHighSurrogate(text[limits.MaxErrorLength - 1]) ? limits.MaxErrorLength - 1 : limits.MaxErrorLength;
        return new StringBuilder(text, 0, length, length + 8).Append("[...]").ToString();
    }
}

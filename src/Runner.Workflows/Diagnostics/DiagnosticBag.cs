using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Diagnostics;

/// <summary>Collects the problems of one file while it is read, each once.</summary>
/// <remarks>A node behind a YAML alias is read as often as it is used; its problem is still one problem.</remarks>
internal sealed class DiagnosticBag(string file)
{
    private const int MaxDiagnostics = 500;

    private readonly HashSet<Diagnostic> _known = [];
    private readonly List<Diagnostic> _list = [];

    public string File { get; } = file;

    public bool IsEmpty => _list.Count == 0;

    /// <summary>All problems in the order of the file; those without a place come first.</summary>
    public ImmutableArray<Diagnostic> ToImmutable() => [.. _list.OrderBy(diagnostic => diagnostic.Line).ThenBy(diagnostic => diagnostic.Column)];

    /// <summary>All problems in the order in which they were found: GitHub's own.</summary>
    public ImmutableArray<Diagnostic> InOrderFound() => [.. _list];

    public void Add(SourcePosition? position, string message, string? hint = null) =>
        Add(new Diagnostic(File, position?.Line ?? 0, position?.Column ?? 0, message) { Hint = hint });

    public void Add(Diagnostic diagnostic)
    {
        // A file with more problems than anybody reads is cut, so that a hostile one costs little.
        if (_list.Count < MaxDiagnostics && _known.Add(diagnostic))
        {
            _list.Add(diagnostic);
        }
    }

    public void AddRange(IEnumerable<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            Add(diagnostic);
        }
    }
}

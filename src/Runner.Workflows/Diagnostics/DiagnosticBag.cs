using System.Collections.Immutable;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Diagnostics;

/// <summary>Collects the problems of one file while it is read, each once.</summary>
/// <remarks>A node behind a YAML alias is read as often as it is used; its problem is still one problem.</remarks>
internal sealed class DiagnosticBag(string file)
{
    private const int MaxDiagnostics = 500;

    private readonly HashSet<Diagnostic> _known = [];
    private readonly List<Diagnostic> _list = [];

    public string File { get; } = file;

    /// <summary>Finds the places of expressions; <c>null</c>: what is wrong with one is told at the beginning of its scalar, as GitHub does.</summary>
    public ExpressionPlaces? Places { get; init; }

    /// <summary>What the author should know and is no mistake.</summary>
    public List<Diagnostic> Notes { get; } = [];

    /// <summary>What GitHub lets pass and is probably not what was meant, in the order found, each once.</summary>
    public List<Diagnostic> Warnings { get; } = [];

    /// <summary>Whether a key that the grammar does not know, and that is near to none that it knows, is a warning only: the file may be newer.</summary>
    public bool ToleratesUnknown { get; init; }

    public bool IsEmpty => _list.Count == 0;

    /// <summary>All problems in the order of the file; those without a place come first.</summary>
    public ImmutableArray<Diagnostic> ToImmutable() => [.. _list.OrderBy(diagnostic => diagnostic.Line).ThenBy(diagnostic => diagnostic.Column)];

    /// <summary>All problems in the order in which they were found: GitHub's own.</summary>
    public ImmutableArray<Diagnostic> InOrderFound() => [.. _list];

    public void Add(SourcePosition? position, string message, string? hint = null) =>
        Add(new Diagnostic(File, position?.Line ?? 0, position?.Column ?? 0, message) { Hint = hint });

    /// <summary>Adds a problem of an expression.</summary>
    /// <param name="scalar">Where the scalar begins that holds it.</param>
    /// <param name="spot">Where in the scalar it is.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="hint">What was meant, or <c>null</c>.</param>
    public void Add(SourcePosition? scalar, ExpressionSpot spot, string message, string? hint) =>
        Add(scalar is not null && Places is not null ? Places.Find(scalar, spot) : scalar, message, hint);

    /// <summary>Adds a name that the grammar does not know. Whether it is a mistake, and not only a warning.</summary>
    public bool AddUnknown(SourcePosition? position, string name, IReadOnlyCollection<string> known)
    {
        var isMerge = name == "<<";
        var hint = isMerge ? "GitHub has no merge keys: use an alias for the whole value" : Hints.Nearest(name, known);
        var unknown = new Diagnostic(File, position?.Line ?? 0, position?.Column ?? 0, $"Unexpected value '{name}'") { Hint = hint };
        var isMistake = !ToleratesUnknown || isMerge || NearestName.Find(name, known) is not null;
        if (isMistake)
        {
            Add(unknown);
        }
        else
        {
            Warn(unknown);
        }

        return isMistake;
    }

    public void Warn(Diagnostic warning)
    {
        if (Warnings.Count < MaxDiagnostics && !_list.Contains(warning) && !Warnings.Contains(warning))
        {
            Warnings.Add(warning);
        }
    }

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

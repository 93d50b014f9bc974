using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Support;

/// <summary>Finds in a file the keys that are emulated or refused, and tells the author what becomes of them, once, at the first place.</summary>
internal sealed class SupportNotes
{
    private readonly SupportTable _table;
    private readonly DiagnosticBag _notes;
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    private SupportNotes(string file, SupportTable table)
    {
        _table = table;
        _notes = new DiagnosticBag(file);
    }

    /// <summary>The notes of a file, in its order.</summary>
    /// <param name="file">Path of the file, for the notes.</param>
    /// <param name="root">The file's tokens.</param>
    /// <param name="table">What becomes of its keys.</param>
    public static ImmutableArray<Diagnostic> Of(string file, TemplateToken root, SupportTable table)
    {
        var notes = new SupportNotes(file, table);
        notes.Walk(root, string.Empty);
        return notes._notes.ToImmutable();
    }

    private void Walk(TemplateToken token, string path)
    {
        switch (token)
        {
            case SequenceToken list:
                foreach (var item in list.Items)
                {
                    Walk(item, path);
                }

                break;
            case MappingToken mapping:
                foreach (var (key, value) in mapping.Entries)
                {
                    WalkEntry(key, value, path);
                }

                break;
        }
    }

    private void WalkEntry(ScalarToken key, TemplateToken value, string path)
    {
        var name = key.ToString() ?? string.Empty;
        if (_table.Find(path, name) is { } support)
        {
            if (support.Level != SupportLevel.Supported && _told.Add(support.Note))
            {
                _notes.Add(new Diagnostic(_notes.File, key.Position?.Line ?? 0, key.Position?.Column ?? 0, $"'{name}': {support.Note}")
                {
                    IsEmulation = support.Level == SupportLevel.Emulated,
                });
            }

            Walk(value, _table.PathBelow(path, name));
        }
    }
}

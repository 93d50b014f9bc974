using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;
using Runner.Workflows.Support;
using Runner.Workflows.Templates;
using Runner.Workflows.Yaml;

namespace Runner.Workflows.Model.Actions;

/// <summary>What became of an <c>action.yml</c>.</summary>
/// <param name="Manifest">The manifest; <c>null</c> where there is any diagnostic.</param>
/// <param name="Diagnostics">Everything that is wrong, in the order of the file. Empty: the action can run.</param>
public sealed record ActionReading(ActionManifest? Manifest, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Keys that do something else here than on GitHub, and what. No mistakes.</summary>
    public ImmutableArray<Diagnostic> Notes { get; init; } = [];
}

/// <summary>Reads <c>action.yml</c> as GitHub's runner does: text → tokens with places → grammar → model. Pure.</summary>
public static class ActionFile
{
    /// <summary>The condition of a <c>pre</c> or <c>post</c> that has none written.</summary>
    internal const string Always = "always()";

    private const int FileIndex = 1;

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">Path of the file as messages should show it: <c>owner/repo/v1/action.yml</c>, <c>./.github/actions/x/action.yml</c>.</param>
    /// <param name="text">The file's text.</param>
    public static ActionReading Read(string path, string text)
    {
        var document = YamlReader.Read(path, text, FileIndex, YamlLimits.Action);
        var diagnostics = new DiagnosticBag(path) { Places = new ExpressionPlaces(text) };
        diagnostics.AddRange(document.Diagnostics);
        var manifest = document.Root is null ? null : Read(path, document.Root, diagnostics);
        return new ActionReading(diagnostics.IsEmpty ? manifest : null, diagnostics.ToImmutable())
        {
            Notes = document.Root is null ? [] : SupportNotes.Of(path, document.Root, ActionKeys.Table),
        };
    }

    private static ActionManifest? Read(string path, TemplateToken document, DiagnosticBag diagnostics)
    {
        if (new ShapeChecker(diagnostics).Check(document, ActionGrammar.Root) is not MappingToken root)
        {
            return null;
        }

        if (root.Find("runs") is not { } runs)
        {
            diagnostics.Add(null, $"Top level 'runs:' section is required for {path}");
            return null;
        }

        // A list or text was refused by the grammar.
        return runs is MappingToken mapping && new ActionRunsReader(path, diagnostics).Read(mapping) is { } read
            ? new ActionManifest
            {
                Path = path,
                Name = TextOf(root, "name"),
                Description = TextOf(root, "description"),
                Author = TextOf(root, "author"),
                Inputs = [.. Entries(root, "inputs").Select(entry => Input(entry.Key, entry.Value))],
                Outputs = [.. Entries(root, "outputs").Select(entry => Output(entry.Key, entry.Value))],
                Runs = read,
            }
            : null;
    }

    private static ActionInput Input(ScalarToken name, MappingToken input) => new(name.ToString() ?? string.Empty)
    {
        Position = name.Position,
        Description = TextOf(input, "description"),
        Default = input.Find("default"),
        IsRequired = TextOf(input, "required") is "true",
        DeprecationMessage = TextOf(input, "deprecationMessage"),
    };

    private static ActionOutput Output(ScalarToken name, MappingToken output) =>
        new(name.ToString() ?? string.Empty, output.Find("value"), name.Position) { Description = TextOf(output, "description") };

    private static IEnumerable<(ScalarToken Key, MappingToken Value)> Entries(MappingToken root, string key)
    {
        if (root.Find(key) is not MappingToken mapping)
        {
            yield break;
        }

        foreach (var entry in mapping.Entries)
        {
            if (entry.Value is MappingToken value)
            {
                yield return (entry.Key, value);
            }
        }
    }

    private static string? TextOf(MappingToken mapping, string key) => mapping.Find(key) is ScalarToken scalar ? scalar.ToString() : null;
}

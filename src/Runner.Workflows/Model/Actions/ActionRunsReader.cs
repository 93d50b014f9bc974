using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;

namespace Runner.Workflows.Model.Actions;

/// <summary>Makes <c>runs</c> from tokens that the grammar has checked. The messages are those of GitHub's runner.</summary>
internal sealed class ActionRunsReader(string path, DiagnosticBag diagnostics)
{
    private static readonly string[] Known = ["docker", "node12", "node16", "node20", "node24", "composite"];

    /// <summary>How the action runs; <c>null</c> where it cannot, which has been reported.</summary>
    public ActionRuns? Read(MappingToken runs)
    {
        if (runs.Find("using") is not StringToken kind)
        {
            return Refuse<ActionRuns>(
                runs.Position, "Missing 'using' value. 'using' requires 'composite', 'docker', 'node12', 'node16', 'node20' or 'node24'.");
        }

        return kind.Value.ToLowerInvariant() switch
        {
            "docker" => Docker(runs),
            "composite" => Composite(runs),
            "node12" or "node16" or "node20" or "node24" => JavaScript(runs, kind.Value.ToLowerInvariant()),
            _ => Refuse<ActionRuns>(
                kind.Position,
                $"'using: {kind.Value}' is not supported, use 'docker', 'node12', 'node16', 'node20' or 'node24' instead.",
                Hints.Nearest(kind.Value, Known)),
        };
    }

    private DockerRuns? Docker(MappingToken runs) => Text(runs, "image") is { } image
        ? new DockerRuns
        {
            Using = "docker",
            Position = runs.Position,
            Image = image,
            Entrypoint = Text(runs, "entrypoint"),
            Args = runs.Find("args") as SequenceToken,
            Env = runs.Find("env") as MappingToken,
            PreEntrypoint = Text(runs, "pre-entrypoint"),
            PreCondition = Text(runs, "pre-if") ?? ActionFile.Always,
            PostEntrypoint = Text(runs, "post-entrypoint"),
            PostCondition = Text(runs, "post-if") ?? ActionFile.Always,
        }
        : Refuse<DockerRuns>(runs.Position, $"You are using a Container Action but an image is not provided in {path}.");

    private JavaScriptRuns? JavaScript(MappingToken runs, string version) => Text(runs, "main") is { } main
        ? new JavaScriptRuns
        {
            Using = version,
            Position = runs.Position,
            Main = main,
            Pre = Text(runs, "pre"),
            PreCondition = Text(runs, "pre-if") ?? ActionFile.Always,
            Post = Text(runs, "post"),
            PostCondition = Text(runs, "post-if") ?? ActionFile.Always,
        }
        : Refuse<JavaScriptRuns>(
            runs.Position, $"You are using a JavaScript Action but there is not an entry JavaScript file provided in {path}.");

    private CompositeRuns? Composite(MappingToken runs) => runs.Find("steps") is { } steps
        ? new CompositeRuns
        {
            Using = "composite",
            Position = runs.Position,
            Steps = new StepReader(diagnostics, Scopes.CompositeCondition).Read(steps),
        }
        : Refuse<CompositeRuns>(runs.Position, $"You are using a composite action but there are no steps provided in {path}.");

    private static string? Text(MappingToken runs, string key) => runs.Find(key) is StringToken { Value.Length: > 0 } text ? text.Value : null;

    private TRuns? Refuse<TRuns>(SourcePosition? position, string message, string? hint = null)
        where TRuns : ActionRuns
    {
        diagnostics.Add(position, message, hint);
        return null;
    }
}

using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;
using Runner.Workflows.Yaml;

namespace Runner.Workflows.Model;

/// <summary>What became of a workflow file.</summary>
/// <param name="Workflow">The workflow; <c>null</c> where there is any diagnostic.</param>
/// <param name="Diagnostics">Everything that is wrong, in the order of the file. Empty: the workflow can be planned.</param>
public sealed record WorkflowReading(Workflow? Workflow, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>Reads workflow files: text → tokens with places → grammar → model. Pure; all that is wrong is told at once.</summary>
public static class WorkflowFile
{
    private const int FileIndex = 1;

    /// <summary>Reads a workflow.</summary>
    /// <param name="path">Path of the file in its repository, for messages and <c>github.workflow</c>.</param>
    /// <param name="text">The file's text.</param>
    public static WorkflowReading Read(string path, string text) => Read(path, text, YamlLimits.Workflow);

    /// <summary>Reads a workflow within limits other than the usual ones.</summary>
    public static WorkflowReading Read(string path, string text, YamlLimits limits)
    {
        var document = YamlReader.Read(path, text, FileIndex, limits);
        var diagnostics = new DiagnosticBag(path);
        diagnostics.AddRange(document.Diagnostics);
        var workflow = document.Root is null ? null : Read(path, document.Root, diagnostics);
        return new WorkflowReading(diagnostics.IsEmpty ? workflow : null, diagnostics.ToImmutable());
    }

    private static Workflow? Read(string path, TemplateToken document, DiagnosticBag diagnostics)
    {
        if (new ShapeChecker(diagnostics).Check(document, WorkflowGrammar.Root) is not MappingToken root
            || root.Find("on") is not { } events
            || root.Find("jobs") is not MappingToken jobs)
        {
            return null;
        }

        new NeedsChecker(diagnostics, jobs).Check();
        var jobReader = new JobReader(diagnostics);
        return new Workflow
        {
            Path = path,
            FileTable = [path],
            Name = root.Find("name")?.ToString(),
            RunName = root.Find("run-name"),
            On = events,
            Env = root.Find("env"),
            Defaults = root.Find("defaults"),
            Permissions = root.Find("permissions"),
            Concurrency = root.Find("concurrency"),
            Jobs = [.. Jobs()],
        };

        IEnumerable<WorkflowJob> Jobs()
        {
            foreach (var (key, value) in jobs.Entries)
            {
                if (value is MappingToken job)
                {
                    yield return jobReader.Read(key, job);
                }
                else
                {
                    Identifiers.Check(key, diagnostics);
                }
            }
        }
    }
}

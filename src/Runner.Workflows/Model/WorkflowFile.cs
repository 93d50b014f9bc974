using System.Collections.Immutable;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Model.Matrix;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Model.Triggers;
using Runner.Workflows.Support;
using Runner.Workflows.Templates;
using Runner.Workflows.Yaml;

namespace Runner.Workflows.Model;

/// <summary>What became of a workflow file.</summary>
/// <param name="Workflow">The workflow; <c>null</c> where there is any diagnostic.</param>
/// <param name="Diagnostics">Everything that is wrong, in the order of the file. Empty: the workflow can be planned.</param>
public sealed record WorkflowReading(Workflow? Workflow, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>What GitHub lets pass and is probably not what was meant, in the order of the file; also where there are diagnostics.</summary>
    public ImmutableArray<Diagnostic> Warnings { get; init; } = [];
}

/// <summary>Reads workflow files: text → tokens with places → grammar → model → called workflows. Pure but for where those come from.</summary>
public static class WorkflowFile
{
    /// <summary>Reads a workflow.</summary>
    /// <param name="path">Path of the file in its repository, for messages and <c>github.workflow</c>.</param>
    /// <param name="text">The file's text.</param>
    public static WorkflowReading Read(string path, string text) => Read(path, text, WorkflowReadOptions.Default);

    /// <summary>Reads a workflow; the workflows that it calls are left unread.</summary>
    public static WorkflowReading Read(string path, string text, WorkflowReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var diagnostics = BagOf(path, text, options);
        var workflow = ReadOne(path, text, file: 1, options, diagnostics, new TokenBytes(options.MaxBytes));
        return ReadingOf(workflow, options, diagnostics);
    }

    /// <summary>Reads a workflow and the workflows that it calls.</summary>
    /// <exception cref="InfrastructureException">The source could not be reached.</exception>
    public static async Task<WorkflowReading> ReadWithCallsAsync(
        string path, string text, IWorkflowSource source, WorkflowReadOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var diagnostics = BagOf(path, text, options);
        var workflow = ReadOne(path, text, file: 1, options, diagnostics, new TokenBytes(options.MaxBytes));
        if (workflow is not null && !options.SkipsCalls && (diagnostics.IsEmpty || !options.StopsAsGitHub))
        {
            // Also where the file has mistakes: those of its calls are told with them.
            workflow = await CalledWorkflows.LoadAsync(workflow, source, options, diagnostics, cancellationToken);
        }

        return ReadingOf(workflow, options, diagnostics);
    }

    internal static WorkflowReading ReadingOf(Workflow? workflow, WorkflowReadOptions options, DiagnosticBag diagnostics) => new(
        diagnostics.IsEmpty ? workflow : null, options.StopsAsGitHub ? diagnostics.InOrderFound() : diagnostics.ToImmutable())
    {
        Warnings = [.. diagnostics.Warnings.OrderBy(warning => warning.Line).ThenBy(warning => warning.Column)],
    };

    /// <summary>A bag for what is wrong with a file. GitHub tells the beginning of the scalar where something is wrong inside of it.</summary>
    internal static DiagnosticBag BagOf(string path, string text, WorkflowReadOptions options) =>
        new(path) { Places = options.StopsAsGitHub ? null : new ExpressionPlaces(text), ToleratesUnknown = options.ToleratesUnknown };

    /// <summary>Reads one file.</summary>
    /// <param name="path">Path, or the reference under which it was called.</param>
    /// <param name="text">The file's text.</param>
    /// <param name="file">Index of the file in the file table, counted from 1.</param>
    /// <param name="options">How.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    /// <param name="bytes">Counts the size of the tokens.</param>
    internal static Workflow? ReadOne(
        string path, string text, int file, WorkflowReadOptions options, DiagnosticBag diagnostics, TokenBytes bytes)
    {
        var document = YamlReader.Read(path, text, file, options.Limits);
        diagnostics.AddRange(document.Diagnostics);
        if (document.Root is null)
        {
            return null;
        }

        var grammar = options.HasStrictEvents ? WorkflowGrammar.StrictRoot : WorkflowGrammar.Root;
        var root = new ShapeChecker(diagnostics).Check(document.Root, grammar) as MappingToken;
        var before = bytes.Used;
        if (root is not null && !bytes.TryAdd(path, root))
        {
            diagnostics.Add(null, "Maximum object size exceeded");
            return null;
        }

        if (root is null || (options.StopsAsGitHub && !diagnostics.IsEmpty) || Convert(path, root, options, diagnostics) is not { } workflow)
        {
            return null;
        }

        if (!bytes.TryAdd(workflow.Jobs.Sum(job => LegBytes.Of(job.Strategy))))
        {
            diagnostics.Add(null, "Maximum object size exceeded");
            return null;
        }

        return workflow with { Bytes = bytes.Used - before };
    }

    private static Workflow? Convert(string path, MappingToken root, WorkflowReadOptions options, DiagnosticBag diagnostics)
    {
        if (root.Find("on") is not { } events || root.Find("jobs") is not MappingToken jobs)
        {
            return null;
        }

        var concurrency = WorkflowConcurrency.Read(root.Find("concurrency"));
        ConcurrencyChecker.Check(concurrency, diagnostics);
        var read = ReadJobs(jobs, diagnostics);
        if (!options.StopsAsGitHub)
        {
            events = EventChecker.Check(events, diagnostics);
        }

        var triggers = TriggerReader.Read(events);
        if (!options.StopsAsGitHub)
        {
            // What GitHub's service refuses beyond its public parsers.
            new TriggerChecker(diagnostics).Check(triggers);
            NoteJobsWithoutSteps(read, diagnostics);
        }

        if (!options.StopsAsGitHub || diagnostics.IsEmpty)
        {
            new NeedsChecker(diagnostics, jobs) { BlamesAsGitHub = options.StopsAsGitHub }.Check();
        }

        return new Workflow
        {
            Path = path,
            FileTable = [path],
            Name = root.Find("name")?.ToString(),
            RunName = root.Find("run-name"),
            On = events,
            Triggers = triggers,
            Env = root.Find("env"),
            Defaults = WorkflowDefaults.Read(root.Find("defaults")),
            Permissions = WorkflowPermissions.Read(root.Find("permissions")),
            Concurrency = concurrency,
            CacheAccess = CacheModes.Read(root.Find("cache-mode")),
            Jobs = read,
            Notes = [.. SupportNotes.Of(path, root, WorkflowKeys.Table).Concat(diagnostics.Notes).OrderBy(note => note.Line)],
            Warnings = [.. diagnostics.Warnings],
        };
    }

    // No mistake here, where such a job ends at once; GitHub's service does not take the file.
    private static void NoteJobsWithoutSteps(ImmutableArray<WorkflowJob> jobs, DiagnosticBag diagnostics)
    {
        foreach (var job in jobs.Where(job => job is { Calls: null, HasSteps: false }))
        {
            diagnostics.Notes.Add(new Diagnostic(
                diagnostics.File, job.Position?.Line ?? 0, job.Position?.Column ?? 0, $"Job '{job.Id}' has no steps and calls no workflow: GitHub refuses such a file"));
        }
    }

    private static ImmutableArray<WorkflowJob> ReadJobs(MappingToken jobs, DiagnosticBag diagnostics)
    {
        var reader = new JobReader(diagnostics);
        var read = ImmutableArray.CreateBuilder<WorkflowJob>(jobs.Entries.Length);
        foreach (var (key, value) in jobs.Entries)
        {
            if (value is MappingToken job)
            {
                read.Add(reader.Read(key, job));
            }
            else
            {
                Identifiers.Check(key, diagnostics);
            }
        }

        return read.ToImmutable();
    }
}

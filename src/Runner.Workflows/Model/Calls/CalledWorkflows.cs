using System.Collections.Immutable;
using Runner.Jobs.Errors;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Model.Calls;

/// <summary>Reads the workflows that a workflow calls, directly and through others, each call anew, as GitHub's service does ("Reusing workflows").</summary>
/// <remarks>
/// What is wrong in a called file is told at the call: <c>In {caller} (Line: n, Col: m): Error from called workflow {file} (Line: …)</c>.
/// The limits of files, depth and bytes hold for all files together, so a workflow that calls itself ends.
/// </remarks>
public sealed class CalledWorkflows
{
    private readonly IWorkflowSource _source;
    private readonly WorkflowReadOptions _options;
    private readonly TokenBytes _bytes;
    private readonly List<string> _files;
    private int _jobs;

    private CalledWorkflows(Workflow workflow, IWorkflowSource source, WorkflowReadOptions options)
    {
        _source = source;
        _options = options;
        _bytes = new TokenBytes(options.MaxBytes) { Used = workflow.Bytes };
        _files = [workflow.Path];
        _jobs = workflow.Jobs.Length;
    }

    /// <summary>The workflow with all that it calls, or what is wrong with the calls.</summary>
    /// <param name="workflow">A workflow of the run's own repository that has been read.</param>
    /// <param name="source">Where files come from.</param>
    /// <param name="options">How <paramref name="workflow"/> was read; the others are read alike.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InfrastructureException">A source could not be reached.</exception>
    public static async Task<WorkflowReading> LoadAsync(
        Workflow workflow, IWorkflowSource source, WorkflowReadOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var diagnostics = new DiagnosticBag(workflow.Path);
        var loaded = await LoadAsync(workflow, source, options, diagnostics, cancellationToken);
        return WorkflowFile.ReadingOf(loaded, options, diagnostics);
    }

    /// <summary>The same; what is wrong goes to the caller's bag.</summary>
    internal static async Task<Workflow> LoadAsync(
        Workflow workflow, IWorkflowSource source, WorkflowReadOptions options, DiagnosticBag diagnostics, CancellationToken cancellationToken)
    {
        var loader = new CalledWorkflows(workflow, source, options);
        var caller = new Caller(workflow, WorkflowPlace.OfRun(workflow.Path), TokenAccess.Of(workflow.Permissions), Depth: 1);
        var loaded = await loader.LoadCallsAsync(caller, diagnostics, cancellationToken);

        // Jobs are counted where they all are known.
        if (options.MaxJobs > 0 && loader._jobs > options.MaxJobs && diagnostics.IsEmpty)
        {
            AddWithoutPlace(diagnostics, $"The workflow may not contain more than {options.MaxJobs} jobs");
        }

        return WithFileTable(loaded, [.. loader._files]) with { Warnings = [.. loaded.Warnings.Union(diagnostics.Warnings)] };
    }

    private async Task<Workflow> LoadCallsAsync(Caller caller, DiagnosticBag diagnostics, CancellationToken cancellationToken)
    {
        var jobs = ImmutableArray.CreateBuilder<WorkflowJob>(caller.Workflow.Jobs.Length);
        foreach (var job in caller.Workflow.Jobs)
        {
            var canGoOn = !_options.StopsAsGitHub || diagnostics.IsEmpty;
            jobs.Add(job.Calls is { } call && canGoOn
                ? job with { Calls = await LoadCallAsync(caller, job, call, diagnostics, cancellationToken) }
                : job);
        }

        return caller.Workflow with { Jobs = jobs.MoveToImmutable() };
    }

    private async Task<CalledWorkflow> LoadCallAsync(
        Caller caller, WorkflowJob job, CalledWorkflow call, DiagnosticBag diagnostics, CancellationToken cancellationToken)
    {
        if (caller.Depth > _options.MaxCallDepth)
        {
            AddWithoutPlace(diagnostics, $"Nested reusable workflow depth exceeded {_options.MaxCallDepth}.");
            return call;
        }

        if (!caller.Place.TryResolve(call.Reference, out var place))
        {
            AddAtCall(diagnostics, caller, call, $"'{call.Reference}' is neither ./path of this repository nor owner/repo/path@ref");
            return call;
        }

        if (!_source.Knows(place) || await ReadAsync(caller, call, place, diagnostics, cancellationToken) is not { } text)
        {
            return call;
        }

        if (FileIndex(place.ToString()) is var file && file > _options.MaxFiles)
        {
            AddAtCall(diagnostics, caller, call, $"The maximum file count of {_options.MaxFiles} has been exceeded");
            return call;
        }

        var access = TokenAccess.Of(job.Permissions) ?? caller.Access;
        var inCalled = WorkflowFile.BagOf(place.ToString(), text, _options);
        var called = WorkflowFile.ReadOne(place.ToString(), text, file, _options, inCalled, _bytes);
        inCalled.Warnings.ForEach(diagnostics.Warn);
        if (called is not null && inCalled.IsEmpty)
        {
            // Problems at the call stand in the caller's file; those of the called file are told at the call too.
            var atCall = new DiagnosticBag(caller.Workflow.Path);
            var checker = new CallChecker(atCall, inCalled, job, call);
            checker.CheckTrigger(called);
            checker.CheckPermissions(called, access ?? TokenAccess.ByDefault(_options.Policy));
            diagnostics.AddRange(atCall.InOrderFound());
        }

        diagnostics.AddRange(inCalled.InOrderFound().Select(problem => AtCall(problem, caller, call)));
        if (called is null || !inCalled.IsEmpty)
        {
            return call;
        }

        _jobs += called.Jobs.Length;
        var next = new Caller(called, place, TokenAccess.Of(called.Permissions) ?? access, caller.Depth + 1);
        return call with { Workflow = await LoadCallsAsync(next, diagnostics, cancellationToken) };
    }

    private async Task<string?> ReadAsync(
        Caller caller, CalledWorkflow call, WorkflowPlace place, DiagnosticBag diagnostics, CancellationToken cancellationToken)
    {
        try
        {
            if (await _source.ReadAsync(place, cancellationToken) is { } text)
            {
                return text;
            }

            AddAtCall(
                diagnostics, caller, call, $"error parsing called workflow \"{caller.Workflow.Path}\" -> \"{call.Reference}\" : workflow was not found.");
        }
        catch (WorkflowException problem)
        {
            AddAtCall(diagnostics, caller, call, $"Error calling workflow '{call.Reference}'. {problem.Message}");
        }

        return null;
    }

    // A file that is called twice is one file of the table.
    private int FileIndex(string path)
    {
        var index = _files.FindIndex(file => string.Equals(file, path, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            _files.Add(path);
            index = _files.Count - 1;
        }

        return index + 1;
    }

    private static Diagnostic AtCall(Diagnostic problem, Caller caller, CalledWorkflow call) => new(
        caller.Workflow.Path,
        call.Position?.Line ?? 0,
        call.Position?.Column ?? 0,
        $"Error from called workflow {problem.GitHubText}")
    {
        Hint = problem.Hint,
        WholeText = $"In {caller.Workflow.Path} (Line: {call.Position?.Line}, Col: {call.Position?.Column}): Error from called workflow {problem.GitHubText}",
    };

    private static void AddAtCall(DiagnosticBag diagnostics, Caller caller, CalledWorkflow call, string message) =>
        diagnostics.Add(new Diagnostic(caller.Workflow.Path, call.Position?.Line ?? 0, call.Position?.Column ?? 0, message));

    private static void AddWithoutPlace(DiagnosticBag diagnostics, string message) =>
        diagnostics.Add(new Diagnostic(diagnostics.File, 0, 0, message) { WholeText = message });

    private static Workflow WithFileTable(Workflow workflow, ImmutableArray<string> files) => workflow with
    {
        FileTable = files,
        Jobs = [.. workflow.Jobs.Select(job => job.Calls is { Workflow: { } called }
            ? job with { Calls = job.Calls with { Workflow = WithFileTable(called, files) } }
            : job)],
    };

    /// <summary>A workflow whose calls are read.</summary>
    /// <param name="Workflow">The workflow.</param>
    /// <param name="Place">Where its file is.</param>
    /// <param name="Access">What its jobs' tokens may do where a job does not say; <c>null</c>: nobody said.</param>
    /// <param name="Depth">1 for the run's own workflow.</param>
    private sealed record Caller(Workflow Workflow, WorkflowPlace Place, TokenAccess? Access, int Depth);
}

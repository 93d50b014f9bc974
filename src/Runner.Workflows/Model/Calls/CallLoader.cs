using System.Collections.Immutable;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Model.Calls;

/// <summary>Reads a workflow and the workflows that it calls, each call anew, as GitHub's service does.</summary>
/// <remarks>
/// What is wrong in a called file is told at the call: <c>In {caller} (Line: n, Col: m): Error from called workflow {file} (Line: …)</c>.
/// The limits of files, depth and bytes hold for all files together, so a workflow that calls itself ends.
/// </remarks>
internal sealed class CallLoader(WorkflowReadOptions options)
{
    private readonly List<string> _files = [];
    private readonly TokenBytes _bytes = new(options.MaxBytes);
    private int _jobs;

    public WorkflowReading Load(string path, string text)
    {
        var diagnostics = BagOf(path, text);
        var workflow = WorkflowFile.ReadOne(path, text, FileIndex(path), options, diagnostics, _bytes);
        if (workflow is not null && diagnostics.IsEmpty && options.Source is { } source)
        {
            workflow = LoadCalls(workflow, source, TokenAccess.Read(workflow.Permissions), diagnostics, depth: 1);
        }

        // Jobs are counted where they all are known.
        _jobs += workflow?.Jobs.Length ?? 0;
        if (options.MaxJobs > 0 && _jobs > options.MaxJobs && diagnostics.IsEmpty)
        {
            AddWithoutPlace(diagnostics, $"The workflow may not contain more than {options.MaxJobs} jobs");
        }

        return new WorkflowReading(
            workflow is null || !diagnostics.IsEmpty ? null : WithFileTable(workflow, [.. _files]),
            options.StopsAsGitHub ? diagnostics.InOrderFound() : diagnostics.ToImmutable());
    }

    // GitHub tells the beginning of the scalar where something is wrong inside of it.
    private DiagnosticBag BagOf(string path, string text) => new(path) { Places = options.StopsAsGitHub ? null : new ExpressionPlaces(text) };

    private Workflow LoadCalls(Workflow workflow, IWorkflowSource source, TokenAccess? explicitAccess, DiagnosticBag diagnostics, int depth)
    {
        var jobs = ImmutableArray.CreateBuilder<WorkflowJob>(workflow.Jobs.Length);
        foreach (var job in workflow.Jobs)
        {
            var canGoOn = !options.StopsAsGitHub || diagnostics.IsEmpty;
            jobs.Add(job.Calls is { } call && canGoOn
                ? job with { Calls = LoadCall(workflow, job, call, source, TokenAccess.Read(job.Permissions) ?? explicitAccess, diagnostics, depth) }
                : job);
        }

        return workflow with { Jobs = jobs.MoveToImmutable() };
    }

    private CalledWorkflow LoadCall(
        Workflow caller, WorkflowJob job, CalledWorkflow call, IWorkflowSource source, TokenAccess? access, DiagnosticBag diagnostics, int depth)
    {
        if (depth > options.MaxCallDepth)
        {
            AddWithoutPlace(diagnostics, $"Nested reusable workflow depth exceeded {options.MaxCallDepth}.");
            return call;
        }

        var reference = CallReferences.Complete(call.Reference, caller.Path);
        if (!source.Knows(reference))
        {
            return call;
        }

        if (source.Find(reference) is not { } text)
        {
            AddAtCall(diagnostics, caller, call, $"error parsing called workflow \"{caller.Path}\" -> \"{call.Reference}\" : workflow was not found.");
            return call;
        }

        if (FileIndex(reference) is var file && file > options.MaxFiles)
        {
            AddAtCall(diagnostics, caller, call, $"The maximum file count of {options.MaxFiles} has been exceeded");
            return call;
        }

        var inCalled = BagOf(reference, text);
        var called = WorkflowFile.ReadOne(reference, text, file, options, inCalled, _bytes);
        if (called is not null && inCalled.IsEmpty)
        {
            // Problems at the call stand in the caller's file; those of the called file are told at the call too.
            var atCall = new DiagnosticBag(caller.Path);
            var checker = new CallChecker(atCall, inCalled, job, call);
            checker.CheckTrigger(called);
            checker.CheckPermissions(called, access ?? TokenAccess.Of(options.Policy));
            diagnostics.AddRange(atCall.InOrderFound());
        }

        diagnostics.AddRange(inCalled.InOrderFound().Select(problem => AtCall(problem, caller, call)));
        return called is null || !inCalled.IsEmpty ? call : call with { Workflow = LoadNested(called, source, access, diagnostics, depth) };
    }

    private Workflow LoadNested(Workflow called, IWorkflowSource source, TokenAccess? access, DiagnosticBag diagnostics, int depth)
    {
        _jobs += called.Jobs.Length;
        return LoadCalls(called, source, TokenAccess.Read(called.Permissions) ?? access, diagnostics, depth + 1);
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

    private static Diagnostic AtCall(Diagnostic problem, Workflow caller, CalledWorkflow call) => new(
        caller.Path,
        call.Position?.Line ?? 0,
        call.Position?.Column ?? 0,
        $"Error from called workflow {problem.GitHubText}")
    {
        Hint = problem.Hint,
        WholeText = $"In {caller.Path} (Line: {call.Position?.Line}, Col: {call.Position?.Column}): Error from called workflow {problem.GitHubText}",
    };

    private static void AddAtCall(DiagnosticBag diagnostics, Workflow caller, CalledWorkflow call, string message) =>
        diagnostics.Add(new Diagnostic(caller.Path, call.Position?.Line ?? 0, call.Position?.Column ?? 0, message));

    private static void AddWithoutPlace(DiagnosticBag diagnostics, string message) =>
        diagnostics.Add(new Diagnostic(diagnostics.File, 0, 0, message) { WholeText = message });

    private static Workflow WithFileTable(Workflow workflow, ImmutableArray<string> files) => workflow with
    {
        FileTable = files,
        Jobs = [.. workflow.Jobs.Select(job => job.Calls is { Workflow: { } called }
            ? job with { Calls = job.Calls with { Workflow = WithFileTable(called, files) } }
            : job)],
    };
}

using System.Collections.Immutable;
using System.Text;
using Runner.Execution.Processes;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Scripts;

/// <summary>Runs a <c>run:</c> step: its script by a shell.</summary>
internal sealed class ScriptStep(StepProcess process) : IStepAction
{
    private static readonly UTF8Encoding Utf8WithoutMark = new(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc/>
    public async Task<bool> RunAsync(StepRun run, CancellationToken stop)
    {
        var job = run.Scope.Job;
        var inputs = ScriptInputs.Read(run.Step.Inputs, run.Contexts, run.Level.Files);
        var folder = Path.Combine(job.Paths.Workspace, inputs.WorkingDirectory ?? run.Level.RunDefaults.WorkingDirectory ?? string.Empty);
        var environment = StepEnvironment.Of(run, StepKind.Script, ImmutableDictionary<string, string>.Empty);

        // GitHub starts the shell inside of the job's container by its name, and there the step's own PATH leads to it.
        var path = IsInJobContainer(job) ? environment["PATH"] : StepEnvironment.SearchPath(run);
        var (shell, program) = FindShell(inputs.Shell ?? run.Level.RunDefaults.Shell, job, path, folder);

        ScriptHeader.Write(run.Scope.Log, inputs.Script, Shown(shell, program, job), run.Scope.Environment);
        if (program is null)
        {
            throw new WorkflowException($"{shell.Program}: command not found. It is neither in the added paths nor in PATH: {path}{NoteOf(path, environment["PATH"])}");
        }

        var script = WriteScript(shell, inputs.Script, job.Paths.Temp);
        var arguments = shell.ArgumentsFor(script);
        run.Scope.Log.Debug($"{program} {string.Join(' ', arguments)}");
        var exit = await process.RunAsync(run, program, arguments, folder, environment, stop);
        if (exit.Code != 0 && !stop.IsCancellationRequested)
        {
            run.Scope.Log.Error($"Process completed with exit code {exit.Code}.");
        }

        return exit.Code == 0;
    }

    private static (Shell Shell, string? Program) FindShell(string? name, JobScope job, string path, string folder)
    {
        if (!string.IsNullOrWhiteSpace(name))
        {
            var shell = Shell.Parse(name);
            return (shell, Find(shell.Program) ?? (shell.Program == "python" ? Find("python3") : null));
        }

        return !IsInJobContainer(job) && Find(Shell.Default.Program) is { } bash
            ? (Shell.Default, bash)
            : (Shell.DefaultWithoutBash, Find(Shell.DefaultWithoutBash.Program));

        string? Find(string program) => ProgramFinder.Find(program, path, folder);
    }

    private static string NoteOf(string path, string ofStep) =>
        path == ofStep ? string.Empty : ". The PATH that the workflow sets is not looked at for shells: GITHUB_PATH adds a folder";

    // The container of the job is the very place that the worker runs in. An empty image means none.
    private static bool IsInJobContainer(JobScope job) => job.Message.JobContainer switch
    {
        null or NullToken or StringToken { Value: "" } => false,
        MappingToken mapping => mapping.Find("image") is not (null or NullToken or StringToken { Value: "" }),
        _ => true,
    };

    private static string Shown(Shell shell, string? program, JobScope job) =>
        $"{(IsInJobContainer(job) ? shell.Program : program ?? shell.Program)} {shell.Arguments}";

    private static string WriteScript(Shell shell, string script, string temp)
    {
        var path = Path.Combine(temp, Guid.NewGuid().ToString("D") + shell.Extension);
        try
        {
            File.WriteAllText(path, shell.Prepare(script), Utf8WithoutMark);
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The runner cannot write the step's script to '{path}': {error.Message}", error);
        }
    }
}

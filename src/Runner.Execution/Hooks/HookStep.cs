using System.Collections.Immutable;
using Runner.Execution.Node;
using Runner.Execution.Processes;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;

namespace Runner.Execution.Hooks;

/// <summary>Runs a job hook. It sees nothing of the workflow but <c>GITHUB_…</c>, <c>RUNNER_…</c> and PATH.</summary>
internal sealed class HookStep(JobScope job, StepProcess process, NodeFinder nodes) : IStepAction
{
    /// <inheritdoc/>
    public async Task<bool> RunAsync(StepRun run, CancellationToken stop)
    {
        var hook = JobHook.Of(job, run.Use.Runner)!; // not null: only a job that has one has such a step
        var log = run.Scope.Log;
        log.Write($"A job {hook.Moment} hook has been configured by the self-hosted runner administrator");
        Check(hook);
        var environment = StepEnvironment.Of(run, StepKind.Hook, ImmutableDictionary<string, string>.Empty);
        var command = await CommandAsync(hook, environment, stop);
        log.Write($"##[group]Run '{hook.File}'");
        log.Write($"shell: {string.Join(' ', command)}");
        log.Write("##[endgroup]");
        var exit = await process.RunAsync(run, command[0], command[1..], job.Paths.Workspace, environment, stop);
        if (exit.Code != 0 && !stop.IsCancellationRequested)
        {
            log.Error($"Process completed with exit code {exit.Code}.");
        }

        return exit.Code == 0;
    }

    private static void Check(JobHook hook)
    {
        if (!Path.IsPathRooted(hook.File) || !File.Exists(hook.File))
        {
            throw new WorkflowException($"{hook.Variable}: '{hook.File}' does not exist. Expected the absolute path of a script where the job runs");
        }
    }

    private async Task<ImmutableArray<string>> CommandAsync(JobHook hook, Dictionary<string, string> environment, CancellationToken stop)
    {
        switch (Path.GetExtension(hook.File).ToLowerInvariant())
        {
            case ".sh":
                return [Find("bash", "sh"), "-e", hook.File];
            case ".ps1":
                return [Find("pwsh", "powershell"), "-command", $". '{hook.File}'"];
            case ".js":
                return [(await nodes.FindAsync([24, 20], stop)).Path, hook.File];
            case var extension:
                throw new WorkflowException($"{hook.Variable}: '{extension}' is no kind of hook. Expected a file that ends with .sh, .ps1 or .js");
        }

        string Find(string program, string other) =>
            ProgramFinder.Find(program, environment["PATH"], job.Paths.Workspace) ?? ProgramFinder.Find(other, environment["PATH"], job.Paths.Workspace)
            ?? throw new WorkflowException($"{hook.Variable}: neither {program} nor {other} is in PATH: {environment["PATH"]}");
    }
}

using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;

namespace Runner.Execution.Checkouts;

/// <summary>
/// <c>actions/checkout</c> where a local run has the files already: the step says so and gives the action's outputs; with a <c>path</c> it puts them there,
/// with <c>submodules</c> it fetches those that the checkout lacks. A checkout of anything else is the action itself.
/// </summary>
internal sealed class OwnCheckoutStep(JobScope job, SubmoduleFetch submodules, IStepAction action) : IStepAction
{
    /// <inheritdoc/>
    public async Task<bool> RunAsync(StepRun run, CancellationToken stop)
    {
        var inputs = run.Stage == StepStage.Main ? ActionInputs.Evaluate(run) : null;
        if (inputs is null || !OwnCheckoutRules.Is(inputs, run.GitHub))
        {
            return await action.RunAsync(run, stop);
        }

        ActionHeader.Write(run, inputs);
        var folder = FolderOf(inputs.GetValueOrDefault("path") ?? string.Empty);
        run.Scope.Log.Write("skipped: the files are here already (--no-skip-checkout runs it)");
        if (folder != job.Paths.Workspace)
        {
            await FillAsync(run, folder, stop);
        }

        if (inputs.GetValueOrDefault("submodules")?.ToLowerInvariant() is "true" or "recursive" && Directory.Exists(folder) && !await submodules.RunAsync(run, folder, inputs, stop))
        {
            return false;
        }

        run.Scope.SetOutput("ref", OwnCheckoutRules.Text(run.GitHub, "ref"));
        run.Scope.SetOutput("commit", OwnCheckoutRules.Text(run.GitHub, "sha"));
        return true;
    }

    private async Task FillAsync(StepRun run, string folder, CancellationToken stop)
    {
        if (job.Payload.OwnCheckout == OwnCheckout.IsBound)
        {
            run.Scope.Log.Warning($"path: nothing is put into '{In(job.Paths.Workspace, folder)}', as the workspace is your own checkout (--bind)");
            return;
        }

        var source = job.Host.Workspace ?? throw new InfrastructureException("The checkout cannot be had a second time: whoever started this job does not send it");
        var entries = await Workspace.FetchAsync(source, folder, job.Paths.Spool, keepsFolders: job.Payload.Containers is { Services.IsEmpty: false }, stop);
        run.Scope.Log.Write($"{In(job.Paths.Workspace, folder)}: {entries} files and folders of the checkout");
    }

    // As the action has it: a path is relative to the workspace, and never leads out of it.
    private string FolderOf(string path)
    {
        var workspace = Path.TrimEndingDirectorySeparator(Path.GetFullPath(job.Paths.Workspace));
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(workspace, path)));
        if (folder == workspace)
        {
            return job.Paths.Workspace;
        }

        if (!folder.StartsWith(workspace + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new WorkflowException($"path: '{path}' leads out of the workspace");
        }

        // What is in the folder makes way for the checkout, so it must be the workspace's.
        for (var part = folder; part != workspace; part = Path.GetDirectoryName(part) ?? workspace)
        {
            if (new FileInfo(part).LinkTarget is { } target)
            {
                throw new WorkflowException($"path: '{path}' leads through '{In(workspace, part)}', which is a link to '{target}'");
            }

            if (File.Exists(part))
            {
                throw new WorkflowException($"path: '{path}' leads through '{In(workspace, part)}', which is a file");
            }
        }

        return folder;
    }

    // The workspace of a local run is a folder that its author never saw.
    private static string In(string workspace, string folder) => Path.GetRelativePath(workspace, folder);
}

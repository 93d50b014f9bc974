using Runner.Execution.Checkouts;
using Runner.Execution.Hosting;
using Runner.Execution.Reporting;
using Runner.Execution.Repositories;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Actions;

/// <summary>Has the actions of steps on disk and read, those inside of composite ones too (<c>actions-download.md</c>).</summary>
/// <remarks>
/// One request for each level of nesting. Local actions wait until their step starts: the workspace is empty before. So do checkouts that may be of what
/// is there already: most are, and then nothing of the action is needed.
/// </remarks>
internal sealed class ActionPreparation(JobScope job, ActionRepositories repositories)
{
    /// <summary>Deepest nesting of composite actions, steps of the workflow being level 0.</summary>
    public const int MaxDepth = 9;

    /// <summary>Prepares steps and what is inside of them.</summary>
    /// <exception cref="WorkflowException">An action cannot be used.</exception>
    /// <exception cref="InfrastructureException">An action could not be had.</exception>
    public async Task PrepareAsync(IReadOnlyList<StepUse> steps, StepLog log, CancellationToken cancellationToken)
    {
        for (var level = steps; level.Count > 0;)
        {
            var ahead = level.Where(use => !OwnCheckoutRules.MayBe(job.Payload.OwnCheckout, use.Step)).ToList();
            await GetAsync(ahead, log, cancellationToken);
            level = [.. ahead.Where(use => use.Action is { IsLocal: false }).SelectMany(Inner)];
        }
    }

    /// <summary>Reads the action of a step that starts: a local one, with what is inside of it, or a checkout that turned out to be of something else.</summary>
    /// <exception cref="WorkflowException">An action cannot be used.</exception>
    /// <exception cref="InfrastructureException">An action could not be had.</exception>
    public async Task PrepareLateAsync(StepUse use, StepLog log, CancellationToken cancellationToken)
    {
        if (!IsLocal(use))
        {
            await GetAsync([use], log, cancellationToken);
            return;
        }

        use.Take(ActionReader.ReadLocal(use.Step.Reference?.Path ?? string.Empty, job.Paths.Workspace, isCopy: job.Payload.Reporting == ReportingTarget.Launcher));
        if (use.Action?.Runs is CompositeRuns)
        {
            log.Write("Prepare all required actions");
            await PrepareAsync(Inner(use), log, cancellationToken);
        }
    }

    /// <summary>Whether a step's action is in the workspace.</summary>
    public static bool IsLocal(StepUse use) =>
        use.Step.Reference is { Type: ReferenceType.Repository } reference
        && string.Equals(reference.RepositoryType, "self", StringComparison.OrdinalIgnoreCase);

    private async Task GetAsync(IEnumerable<StepUse> steps, StepLog log, CancellationToken cancellationToken)
    {
        var actions = steps.Select(use => (Use: use, Action: RepositoryOf(use))).Where(pair => pair.Action is not null).ToList();
        if (actions.Count == 0)
        {
            return;
        }

        await repositories.GetAsync(actions.Select(pair => pair.Action!), log, cancellationToken); // not null: filtered above
        foreach (var (use, action) in actions)
        {
            use.Take(ActionReader.ReadFromRepository(action!, repositories.FolderOf(action!)));
        }
    }

    private static StepUse[] Inner(StepUse use)
    {
        if (use.Action?.Runs is CompositeRuns && use.Depth >= MaxDepth)
        {
            throw new WorkflowException(
                $"Composite action depth exceeded max depth {MaxDepth}: '{DisplayNames.OfReference(use.Step.Reference)}' stands {use.Depth} actions deep");
        }

        return [.. use.Inner];
    }

    private RepositoryAction? RepositoryOf(StepUse use)
    {
        if (use.Step.Reference is not { Type: ReferenceType.Repository } reference || IsLocal(use))
        {
            return null;
        }

        return string.Equals(reference.RepositoryType, "selfRepository", StringComparison.OrdinalIgnoreCase)
            ? OwnRepository(use, reference)
            : new RepositoryAction(reference.Name ?? string.Empty, reference.Ref ?? string.Empty, reference.Path);
    }

    // "$/path": in a workflow its own repository at its own commit, in an action that action's.
    private RepositoryAction OwnRepository(StepUse use, ActionReference reference)
    {
        if (!job.Message.IsFeatureOn(JobVariables.SelfRepository))
        {
            throw new WorkflowException($"'$/{reference.Path}': references to the workflow's own repository are not switched on for this job");
        }

        if (use.Parent?.Action?.Repository is { } outer)
        {
            return outer with { Path = reference.Path };
        }

        return (job.WorkflowMember("workflow_repository"), job.WorkflowMember("workflow_sha")) is ({ Length: > 0 } name, { Length: > 0 } sha)
            ? new RepositoryAction(name, sha, reference.Path)
            : throw new WorkflowException($"'$/{reference.Path}': the job message does not say which repository and commit its workflow is from");
    }
}

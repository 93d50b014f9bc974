using Runner.Execution.Actions;
using Runner.Execution.Checkouts;
using Runner.Execution.Containers;
using Runner.Execution.Hooks;
using Runner.Execution.Hosting;
using Runner.Execution.Node;
using Runner.Execution.Processes;
using Runner.Execution.Scopes;
using Runner.Execution.Scripts;
using Runner.Execution.Steps;
using Runner.Execution.Usage;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;

namespace Runner.Execution.Jobs;

/// <summary>All kinds of steps of a job, put together: a composite action runs steps by the same runner that it is run by.</summary>
internal sealed class StepActions
{
    private readonly ScriptStep _scripts;
    private readonly RepositoryStep _repositories;
    private readonly OwnCheckoutStep _checkouts;
    private readonly OwnCheckout _own;
    private readonly ContainerAction _containers;
    private readonly HookStep _hooks;
    private readonly InitializeContainers _initialize;
    private readonly StopContainers _stop;

    public StepActions(
        JobScope job,
        JobProgress progress,
        ProcessRunner processes,
        MemoryKills memory,
        UsageMeter? meter,
        ActionPreparation preparation,
        PostSteps posts,
        JobCancellation cancellation)
    {
        Runner = new StepRunner(job, progress, cancellation, meter, ActionOf);
        var exitCodes = new ExitCodeFile(job.Paths);
        _containers = new ContainerAction(job, progress, exitCodes);
        _initialize = new InitializeContainers(job, posts);
        _stop = new StopContainers(job);
        var nodes = new NodeFinder(job, processes);
        var process = new StepProcess(processes, exitCodes, memory, progress);
        _scripts = new ScriptStep(process);
        _hooks = new HookStep(job, process, nodes);
        _repositories = new RepositoryStep(
            preparation,
            posts,
            new JavaScriptAction(job, progress, process, nodes),
            new CompositeAction(Runner.RunAsync),
            _containers);
        _checkouts = new OwnCheckoutStep(job, new SubmoduleFetch(job, process), _repositories);
        _own = job.Payload.OwnCheckout;
    }

    /// <summary>Runs steps of the job.</summary>
    public StepRunner Runner { get; }

    private IStepAction ActionOf(StepUse use) => (use.Runner, use.Step.Reference?.Type) switch
    {
        (RunnerStep.StartedHook or RunnerStep.CompletedHook, _) => _hooks,
        (RunnerStep.InitializeContainers, _) => _initialize,
        (RunnerStep.StopContainers, _) => _stop,
        (_, ReferenceType.Script) => _scripts,
        (_, ReferenceType.Repository) => OwnCheckoutRules.MayBe(_own, use.Step) ? _checkouts : _repositories,
        (_, ReferenceType.ContainerRegistry) => _containers,
        _ => throw new WorkflowException(
            $"uses: {DisplayNames.OfReference(use.Step.Reference)} is of a kind that this version of the runner does not know"),
    };
}

using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;

namespace Runner.Workflows.Tests.Planning.Calls;

/// <summary>Workflow files by the name that <c>uses</c> has for them.</summary>
internal sealed class GivenWorkflows(params (string Place, string Text)[] files) : IWorkflowSource
{
    public Task<string?> ReadAsync(WorkflowPlace place, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(files.FirstOrDefault(file => file.Place == place.ToString()).Text);

    /// <summary>Plans a run of a workflow that calls these.</summary>
    public async Task<RunPlanning> PlanAsync(string text, RunRequest? request = null)
    {
        var reading = await CalledWorkflows.LoadAsync(
            Plans.Read(text), this, WorkflowReadOptions.Default, TestContext.Current.CancellationToken);
        return reading.Workflow is { } workflow ? RunPlan.Create(workflow, request ?? Plans.Request) : new RunPlanning(null, reading.Diagnostics);
    }

    /// <summary>A run of a workflow that calls these.</summary>
    public async Task<RunState> RunAsync(string text)
    {
        var planning = await PlanAsync(text);
        Assert.Empty(planning.Diagnostics);
        return new RunState(Assert.IsType<RunPlan>(planning.Plan));
    }
}

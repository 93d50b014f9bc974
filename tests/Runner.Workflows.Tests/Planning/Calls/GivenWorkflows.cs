using Runner.Workflows.Planning;
using Runner.Workflows.Planning.Calls;

namespace Runner.Workflows.Tests.Planning.Calls;

/// <summary>Workflow files by the name that <c>uses</c> has for them.</summary>
internal sealed class GivenWorkflows(params (string Place, string Text)[] files) : IWorkflowSource
{
    public Task<string?> ReadAsync(WorkflowPlace place, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(files.FirstOrDefault(file => file.Place == place.ToString()).Text);

    /// <summary>Plans a run of a workflow that calls these.</summary>
    public async Task<RunPlanning> PlanAsync(string text)
    {
        var workflow = Plans.Read(text);
        var calls = await CalledWorkflows.LoadAsync(workflow, this, TestContext.Current.CancellationToken);
        return RunPlan.Create(workflow, Plans.Request with { Calls = calls });
    }

    /// <summary>A run of a workflow that calls these.</summary>
    public async Task<RunState> RunAsync(string text)
    {
        var planning = await PlanAsync(text);
        Assert.Empty(planning.Diagnostics);
        return new RunState(Assert.IsType<RunPlan>(planning.Plan));
    }
}

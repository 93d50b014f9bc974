using System.Text.Json;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Testing;
using Runner.Testing.GitHub;
using Runner.Workflows.Messages;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Template;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using GitHubData = Runner.Testing.Conformance;

namespace Runner.Workflows.Tests.Planning;

/// <summary>Whatever workflow is planned, GitHub's runner can read its messages (<see cref="StrictJobMessage"/>).</summary>
public sealed class StrictMessageTests
{
    [Fact]
    public void Messages_of_the_whole_corpus_are_readable()
    {
        var read = CorpusFiles.Workflows().Sum(file => ReadAll(WorkflowFile.Read($".github/workflows/{file.Key}.yml", file.Value).Workflow, file.Key));

        Assert.True(read > 100, $"only {read} messages were planned");
    }

    [Fact]
    public async Task Messages_of_githubs_own_suite_are_readable()
    {
        Assert.SkipWhen(GitHubData.Folder is null, GitHubData.SkipReason);
        var read = 0;
        foreach (var file in GitHubData.Files("workflows", "*.yml"))
        {
            if (SuiteFile.TryRead(File.ReadAllText(file)) is { } suite)
            {
                var reading = await WorkflowFile.ReadWithCallsAsync(
                    ".github/workflows/ci.yml", suite.Workflow, suite.Source, WorkflowReadOptions.Default, TestContext.Current.CancellationToken);
                read += ReadAll(reading.Workflow, Path.GetFileName(file));
            }
        }

        Assert.True(read > 100, $"only {read} messages were planned");
    }

    private static int ReadAll(Workflow? workflow, string name)
    {
        var read = 0;
        foreach (var happened in workflow is null ? [] : new[] { "push", "workflow_dispatch" })
        {
            if (RunPlan.Create(workflow!, Plans.Request with { EventName = happened }).Plan is not { } plan)
            {
                continue; // asks for inputs, say
            }

            var state = new RunState(plan);
            var ready = new Queue<PlannedJob>(state.Start().Ready);
            while (ready.TryDequeue(out var job))
            {
                StrictJobMessage.AssertReadable(JsonSerializer.SerializeToUtf8Bytes(job.ToJobMessage(Context), JobMessageJson.Default.JobMessage), $"{name}, {job.Id} on {happened}", isFromService: false);
                read++;
                foreach (var next in state.Complete(job.Id, Conclusion.Succeeded, []).Ready)
                {
                    ready.Enqueue(next);
                }
            }
        }

        return read;
    }

    private static JobMessageContext Context { get; } = new()
    {
        PlanId = new PlanId(Guid.NewGuid()),
        JobId = new JobId(Guid.NewGuid()),
        SystemConnection = new ServiceEndpoint { Name = "SystemVssConnection", Url = "https://run.example/77/" },
        GitHubToken = new Secret("ghs_x"),
    };
}

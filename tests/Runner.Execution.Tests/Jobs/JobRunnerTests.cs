using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Jobs;

public sealed class JobRunnerTests
{
    [Fact]
    public async Task Job_runs_its_steps_between_set_up_and_completion()
    {
        using var job = await TestJob.OfAsync(Some.Script("echo hello"), Some.Script("echo world", name: "Greet"));

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Equal(["Set up job", "Run echo hello", "Greet", "Complete job"], job.Result?.Steps.Select(step => step.Name));
        Assert.Equal([1, 2, 3, 4], job.Result?.Steps.Select(step => step.Number));
        Assert.All(job.Result?.Steps ?? [], step => Assert.Equal(StepStatus.Completed, step.Status));
        Assert.Equal(["hello"], job.Output(0));
        Assert.Equal(["world"], job.Output(1));
    }
}

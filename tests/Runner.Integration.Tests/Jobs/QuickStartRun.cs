using Runner.Emulator;
using Runner.Emulator.Runs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Jobs;

/// <summary>The example workflow on any backend: what must come out is the same everywhere.</summary>
internal static class QuickStartRun
{
    private const string Secret = "correct-horse-battery";

    public static async Task AssertAsync(EmulatorServer emulator, CancellationToken cancellationToken)
    {
        var queued = emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = Repository.QuickStart,
            Secrets = new Dictionary<string, string> { ["DEPLOY_TOKEN"] = Secret },
        });

        var run = await emulator.WaitForRunAsync(queued.Id, cancellationToken);

        var build = run.Job("build");
        var buildLog = await emulator.ReadLogAsync(build.Id, cancellationToken) ?? string.Empty;
        Assert.True(run.Conclusion == Conclusion.Succeeded, string.Join('\n', run.Jobs.Select(job => $"{job.Name}: {job.Conclusion} {job.Reason}")) + buildLog);
        Assert.Equal(Conclusion.Succeeded, build.Step("A step that may fail").Conclusion);
        Assert.Contains("outcome failure, conclusion success", buildLog, StringComparison.Ordinal);
        Assert.Contains("##[error]Process completed with exit code 3.", buildLog, StringComparison.Ordinal);
        Assert.Contains("The token is ***, in Base64 ***", buildLog, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, buildLog, StringComparison.Ordinal);
        Assert.StartsWith("1.0.", build.Outputs["version"], StringComparison.Ordinal);
        Assert.Contains(build.Step("A step that may fail").Annotations, remark => remark.Level == AnnotationLevel.Warning && remark.StartLine == 30);
        Assert.Equal("## Built\n", await emulator.ReadSummaryAsync(build.Id, build.Step("Choose a version").Id, cancellationToken));

        var test = run.Job("test");
        Assert.Contains($"Hello, testing {build.Outputs["version"]}", await emulator.ReadLogAsync(test.Id, cancellationToken), StringComparison.Ordinal);
        Assert.Equal(Conclusion.Skipped, test.Step("Only after a failure").Conclusion);
        Assert.Contains("build: success, test: success", await emulator.ReadLogAsync(run.Job("report").Id, cancellationToken), StringComparison.Ordinal);
    }
}

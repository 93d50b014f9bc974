using Runner.Execution.Checkouts;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Jobs;

public sealed class JobFoldersTests : IDisposable
{
    private readonly TestJob _job = new();

    public void Dispose() => _job.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Folder_of_tools_that_cannot_be_made_is_no_reason_to_fail()
    {
        await File.WriteAllTextAsync(_job.Paths.ToolCache, "in the way", TestContext.Current.CancellationToken);

        await _job.RunAsync(Some.Job() with { Variables = Debug, Steps = [Some.Script("true")] });

        Assert.Equal(Conclusion.Succeeded, _job.Result?.Conclusion);
        Assert.Contains(_job.LinesOf("Set up job"), line => line.StartsWith($"##[debug]The folder '{_job.Paths.ToolCache}' cannot be made: ", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Workspace_that_cannot_be_made_fails_the_set_up_with_the_reason()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_job.Paths.Workspace) ?? string.Empty);
        await File.WriteAllTextAsync(_job.Paths.Workspace, "in the way", TestContext.Current.CancellationToken);

        await _job.RunAsync(Some.Script("true"));

        Assert.Equal((Conclusion.Failed, "Set up job"), (_job.Result?.Conclusion, Assert.Single(_job.Result?.Steps ?? []).Name));
        Assert.StartsWith("##[error]The folders of the job cannot be made: ", _job.LinesOf("Set up job")[^1], StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Actions_of_an_earlier_job_are_gone()
    {
        Directory.CreateDirectory(Path.Combine(_job.Paths.Actions, "acme/old/v1"));

        await _job.RunAsync(Some.Script("true"));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_job.Paths.Actions));
    }

    [Theory]
    [InlineData("all", false)]
    [InlineData("Resources", false)]
    [InlineData("outputs", true)]
    public void Workspace_is_emptied_where_the_job_asks_for_it(string clean, bool isKept)
    {
        var file = Path.Combine(_job.Paths.Workspace, "folder/file");
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? string.Empty);
        File.WriteAllText(file, "x");

        Workspace.Clean(_job.Paths.Workspace, clean);

        Assert.Equal((true, isKept), (Directory.Exists(_job.Paths.Workspace), File.Exists(file)));
    }

    [Fact]
    public void Link_goes_and_what_it_leads_to_stays()
    {
        using var other = new TempFolder();
        File.WriteAllText(other["file"], "x");
        Directory.CreateDirectory(_job.Paths.Workspace);
        File.CreateSymbolicLink(Path.Combine(_job.Paths.Workspace, "folder"), other.FullPath);
        File.CreateSymbolicLink(Path.Combine(_job.Paths.Workspace, "file"), other["file"]);

        Workspace.Clean(_job.Paths.Workspace, "all");

        Assert.Empty(Directory.EnumerateFileSystemEntries(_job.Paths.Workspace));
        Assert.True(File.Exists(other["file"]));
    }

    private static Dictionary<string, VariableValue> Debug => new() { [JobVariables.StepDebug] = new() { Value = "true" } };
}

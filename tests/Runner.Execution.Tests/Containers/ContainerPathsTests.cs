using Runner.Execution.Containers;
using Runner.Jobs.Launch;

namespace Runner.Execution.Tests.Containers;

public sealed class ContainerPathsTests
{
    private readonly ContainerPaths _paths = new(new WorkPaths
    {
        Workspace = "/work/app", Temp = "/work/temp", ToolCache = "/tools", Actions = "/actions", Spool = "/spool", Outcome = "/outcome.json",
    });

    [Theory]
    [InlineData("/work/app", "/github/workspace")]
    [InlineData("/work/app/src/a.c", "/github/workspace/src/a.c")]
    [InlineData("/work/temp/x", "/github/runner_temp/x")]
    [InlineData("/work/temp/_github_home/.netrc", "/github/home/.netrc")]
    [InlineData("/work/temp/_github_workflow/event.json", "/github/workflow/event.json")]
    [InlineData("/work/temp/_runner_file_commands/set_env_1", "/github/file_commands/set_env_1")]
    public void Folder_of_the_job_is_seen_at_its_place_and_found_again(string path, string inside)
    {
        Assert.Equal(inside, _paths.ToContainer(path));
        Assert.Equal(path, _paths.ToWorker(inside));
    }

    [Theory]
    [InlineData("/work/apple")]
    [InlineData("/work")]
    [InlineData("/tools/node")]
    [InlineData("app")]
    [InlineData("")]
    [InlineData("/var/run/docker.sock")]
    public void Any_other_text_stays_as_it_is(string text)
    {
        Assert.Equal(text, _paths.ToContainer(text));
        Assert.Equal(text, _paths.ToWorker(text));
    }
}

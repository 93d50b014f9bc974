using Runner.Jobs.Data;
using Runner.Testing;

namespace Runner.Jobs.Tests.Messages;

public sealed class WithoutWorkTests
{
    [Fact]
    public void Message_without_its_work_says_which_job_it_is_and_has_nothing_that_the_worker_alone_needs()
    {
        var github = new DictionaryData(
        [
            KeyValuePair.Create("repository", ContextData.From("acme/site")),
            KeyValuePair.Create("run_id", ContextData.From("7")),
            KeyValuePair.Create("token", ContextData.From("t")),
            KeyValuePair.Create("event", (ContextData)DictionaryData.FromStrings([KeyValuePair.Create("ref", "refs/heads/main")])),
        ]);
        var job = Some.Job() with { ContextData = new Dictionary<string, ContextData> { ["github"] = github, ["needs"] = DictionaryData.Empty } };

        var left = job.WithoutWork();

        Assert.Equal((job.JobId, job.Plan, job.JobDisplayName, job.JobOutputs), (left.JobId, left.Plan, left.JobDisplayName, left.JobOutputs));
        Assert.Equal("acme/site", ((DictionaryData)left.ContextData["github"]).FindText("repository"));
        Assert.Equal("7", ((DictionaryData)left.ContextData["github"]).FindText("run_id"));
        Assert.Null(((DictionaryData)left.ContextData["github"]).Find("event"));
        Assert.Null(((DictionaryData)left.ContextData["github"]).Find("token"));
        Assert.Equal(["github"], left.ContextData.Keys);
        Assert.Empty(left.Steps);
        Assert.Empty(left.Variables);
    }
}

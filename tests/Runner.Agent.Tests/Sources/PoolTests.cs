using Runner.Agent.Configuration;
using Runner.Agent.Pools;

namespace Runner.Agent.Tests.Sources;

public sealed class PoolTests
{
    [Fact(Timeout = 30_000)]
    public async Task Adopted_job_takes_a_place_of_the_next_slot_that_ends_its_job()
    {
        using var capacity = new PoolCapacity(1);
        await capacity.EnterAsync(TestContext.Current.CancellationToken);

        capacity.EnterAdopted();
        capacity.Leave(); // the slot's job ended, but the adopted one has its place
        var waiting = capacity.EnterAsync(TestContext.Current.CancellationToken);
        var waited = !waiting.IsCompleted;
        capacity.Leave(); // the adopted job ended
        await waiting;

        Assert.True(waited);
    }

    public static TheoryData<string[], string[]> Labels => new()
    {
        // labels of the pool                                  that say where its jobs run
        { ["self-hosted", "linux", "x64"],                     ["linux", "x64"] },
        { ["self-hosted", "Linux", "ARM64", "team-a"],         ["Linux", "ARM64"] },
        { ["gpu=a100:2", "memory=16Gi", "big"],                ["gpu=a100:2", "memory=16Gi"] },
        { ["ubuntu-latest", "mine"],                           ["ubuntu-latest"] },
        { ["mine"],                                            [] },
    };

    [Theory, MemberData(nameof(Labels))]
    public void Labels_with_a_meaning_constrain_all_jobs_of_a_pool(string[] labels, string[] constraining) =>
        Assert.Equal(constraining, PoolLabels.OfJobs(labels, ["Ubuntu-Latest"]));
}

using Runner.Agent.ScaleSets;
using Runner.Jobs;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.Tests.ScaleSets;

public sealed class AssignedJobsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly JobId One = new(Guid.Parse("11111111-0000-5000-8000-000000000000"));
    private static readonly JobId Two = new(Guid.Parse("22222222-0000-5000-8000-000000000000"));

    private readonly HashSet<JobId> _here = [];
    private readonly AssignedJobs _jobs;

    public AssignedJobsTests() => _jobs = new AssignedJobs(_here.Contains);

    [Fact]
    public void Message_is_kept_until_each_of_its_jobs_is_held()
    {
        Read(1, Assigned(One), Assigned(Two));

        _jobs.Take(One);
        var early = _jobs.Deletable.ToList();
        _jobs.Take(Two);

        Assert.Empty(early);
        Assert.Equal([1], _jobs.Deletable);
        Assert.Equal(0, _jobs.Waiting);
    }

    [Fact]
    public void End_of_a_job_is_kept_as_long_as_the_message_that_assigned_it()
    {
        Read(1, Assigned(One), Assigned(Two));
        Read(2, Of(ScaleSetJobTypes.Completed, One));
        var early = _jobs.Deletable.ToList();

        _jobs.Take(Two);

        Assert.Empty(early);
        Assert.Equal([1, 2], _jobs.Deletable);
    }

    [Theory]
    [InlineData(ScaleSetJobTypes.Started)]
    [InlineData(ScaleSetJobTypes.Completed)]
    public void Job_that_another_runner_has_or_that_is_over_waits_no_more(string type)
    {
        Read(1, Assigned(One));
        Read(2, Of(type, One));

        Assert.Equal(0, _jobs.Waiting);
        Assert.Equal([1, 2], _jobs.Deletable); // the oldest first
    }

    [Fact]
    public void What_a_job_asks_for_is_known_until_it_is_taken_or_over()
    {
        Read(1, Assigned(One) with { RequestLabels = ["cpu=4"] }, Assigned(Two) with { RequestLabels = ["cpu=8"] });
        var asked = _jobs.AskedBy(One);

        _jobs.Take(One);
        Read(2, Of(ScaleSetJobTypes.Completed, Two));

        Assert.Equal(["cpu=4"], asked);
        Assert.Null(_jobs.AskedBy(One));
        Assert.Null(_jobs.AskedBy(Two));
    }

    [Fact]
    public void Message_that_comes_again_changes_nothing()
    {
        Read(1, Assigned(One));
        Read(1, Assigned(One));
        var waiting = _jobs.Waiting;
        _jobs.Take(One);
        Read(1, Assigned(One));

        Assert.Equal((1, 0), (waiting, _jobs.Waiting));
        Assert.Equal([1], _jobs.Deletable);
    }

    [Fact]
    public void Adopted_job_does_not_wait()
    {
        _here.Add(One);

        Read(1, Assigned(One));

        Assert.Equal(0, _jobs.Waiting);
        Assert.Equal([1], _jobs.Deletable);
    }

    [Fact]
    public void Job_may_be_taken_before_it_is_told()
    {
        _jobs.Take(One);

        Read(1, Assigned(One));

        Assert.Equal(0, _jobs.Waiting);
    }

    [Fact]
    public void Job_that_was_taken_back_is_assigned_again()
    {
        Read(1, Assigned(One));
        Read(2, Of(ScaleSetJobTypes.Completed, One), Assigned(One));

        Assert.Equal(1, _jobs.Waiting);
        Assert.Equal([1], _jobs.Deletable);
    }

    [Fact]
    public void Offer_is_kept_until_it_was_asked_for()
    {
        Read(1, new ScaleSetJob { MessageType = ScaleSetJobTypes.Available, RunnerRequestId = 7, JobId = One.ToString() });
        var offers = _jobs.Offers.ToList();
        var early = _jobs.Deletable.ToList();

        _jobs.Asked([7]);

        Assert.Equal([7], offers);
        Assert.Empty(early);
        Assert.Empty(_jobs.Offers);
        Assert.Equal([1], _jobs.Deletable);
    }

    [Fact]
    public void What_is_new_or_not_to_be_read_is_deleted()
    {
        Read(1, Of("JobPostponed", One));
        _jobs.Read(new ScaleSetNews(2, null, [], "no JSON"), Now);

        Assert.Equal([1, 2], _jobs.Deletable);
    }

    [Fact]
    public void Jobs_that_vanished_are_the_oldest()
    {
        Read(1, Assigned(One));
        _jobs.Read(new ScaleSetNews(2, null, [Assigned(Two)]), Now.AddSeconds(1));

        _jobs.Correct(-1);

        Assert.Equal(1, _jobs.Waiting);
        Assert.Equal([1], _jobs.Deletable);
    }

    [Fact]
    public void Job_that_was_not_told_is_waited_for_until_one_is_taken()
    {
        _jobs.Correct(1);
        var waiting = _jobs.Waiting;

        _jobs.Take(One);

        Assert.Equal((1, 0), (waiting, _jobs.Waiting));
    }

    private void Read(long message, params ScaleSetJob[] jobs) => _jobs.Read(new ScaleSetNews(message, null, [.. jobs]), Now);

    private static ScaleSetJob Assigned(JobId job) => Of(ScaleSetJobTypes.Assigned, job);

    private static ScaleSetJob Of(string type, JobId job) => new() { MessageType = type, JobId = job.ToString().ToUpperInvariant() };
}

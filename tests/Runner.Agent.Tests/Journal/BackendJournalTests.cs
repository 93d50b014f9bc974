using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Journal;
using Runner.Agent.Tests.Supervision;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Agent.Tests.Journal;

public sealed class BackendJournalTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTakenJobs _jobs = new();
    private readonly FakeTimeProvider _time = new();
    private readonly BackendJournal _journal;

    public BackendJournalTests()
    {
        File.WriteAllText(_folder["token"], "the token");
        _journal = Journal();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Job_is_kept_sealed_until_it_has_its_place()
    {
        var entry = (await _journal.BeginAsync(Offer(), Token))!;
        entry.Keep(Launches.Of(Some.Job()));
        var whileItIsTaken = _jobs.Kept.Values.Select(Encoding.Latin1.GetString).ToList();

        await entry.LaunchedAsync();
        await entry.RemoveAsync();

        Assert.DoesNotContain("jit-s3cr3t", Assert.Single(whileItIsTaken), StringComparison.Ordinal);
        Assert.Empty(_jobs.Kept);
        Assert.Equal(1, _jobs.Removals);
    }

    [Fact]
    public async Task Job_that_lost_its_place_is_kept_again_until_it_has_the_next()
    {
        var entry = (await _journal.BeginAsync(Offer(), Token))!;
        var launch = Launches.Of(Some.Job());
        entry.Keep(launch);
        await entry.LaunchedAsync();

        await entry.LostAsync(launch with { Attempt = 1 });

        var left = Assert.Single(await Journal().TakeAbandonedAsync(Token));
        Assert.Equal((launch.JobId, 1), (left.Record.ToLaunch()?.JobId, left.Record.ToLaunch()?.Attempt));
        await entry.LaunchedAsync();
        Assert.Empty(_jobs.Kept);
    }

    [Fact]
    public async Task Job_that_cannot_be_kept_again_is_launched_all_the_same()
    {
        var entry = (await _journal.BeginAsync(Offer(), Token))!;
        await entry.LaunchedAsync();
        _jobs.Refusal = new InfrastructureException("exceeded quota");

        await entry.LostAsync(Launches.Of(Some.Job()));

        Assert.Empty(_jobs.Kept);
        entry.Dispose();
        Assert.Empty(_jobs.LetGone);
    }

    [Fact]
    public async Task What_an_agent_left_is_read_and_what_others_sealed_is_removed()
    {
        using var entry = await _journal.BeginAsync(Offer(), Token);
        _jobs.Kept["foreign"] = [1, 2, 3];

        var found = Assert.Single(await Journal().TakeAbandonedAsync(Token));

        Assert.Equal(("r-1", "the job"), (found.Record.RunnerRequestId, found.Record.JobMessage));
        Assert.DoesNotContain("foreign", _jobs.Kept.Keys);
        found.Dispose();
        Assert.Single(_jobs.LetGone);
        Assert.Single(_jobs.Kept);
    }

    [Fact]
    public async Task Job_that_cannot_be_kept_is_taken_without()
    {
        _jobs.Refusal = new InfrastructureException("exceeded quota");

        Assert.Null(await _journal.BeginAsync(Offer(), Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Backend_that_does_not_answer_holds_no_job_up()
    {
        _jobs.IsSilent = true;
        var begun = _journal.BeginAsync(Offer(), Token);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await begun);
    }

    private BackendJournal Journal() =>
        new(_jobs, "kubernetes", new JournalSeal(_folder["token"]), _time, NullLogger<BackendJournal>.Instance);

    private static JournalRecord Offer() => new()
    {
        Pool = "test",
        RunnerName = "runner-1",
        JitConfig = "jit-s3cr3t",
        RunnerRequestId = "r-1",
        RunServiceUrl = "https://run.example/",
        JobMessage = "the job",
        MessageSeen = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
    };

    private sealed class FakeTakenJobs : ITakenJobs
    {
        public Dictionary<string, byte[]> Kept { get; } = [];

        public List<string> LetGone { get; } = [];

        public int Removals { get; private set; }

        public InfrastructureException? Refusal { get; set; }

        public bool IsSilent { get; set; }

        public Task KeepAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            if (Refusal is { } refusal)
            {
                throw refusal;
            }

            Kept[name] = content.ToArray();
            return IsSilent ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken) : Task.CompletedTask;
        }

        public Task<IReadOnlyDictionary<string, byte[]>> TakeAbandonedAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, byte[]>>(new Dictionary<string, byte[]>(Kept));

        public void LetGo(string name) => LetGone.Add(name);

        public Task RemoveAsync(string name, CancellationToken cancellationToken)
        {
            Removals++;
            Kept.Remove(name);
            return Task.CompletedTask;
        }
    }
}

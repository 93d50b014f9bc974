using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Agent.Journal;
using Runner.Agent.Tests.Supervision;
using Runner.Backends;
using Runner.Testing;

namespace Runner.Agent.Tests.Journal;

public sealed class JobJournalTests : IDisposable
{
    private const string JitSecret = "jit-s3cr3t";

    private readonly TempFolder _folder = new();
    private readonly JobJournal _first;
    private readonly JobJournal _second;

    public JobJournalTests()
    {
        File.WriteAllText(_folder["token"], "the token");
        _first = new JobJournal(_folder["state"], new JournalSeal(_folder["token"]), NullLogger<JobJournal>.Instance);
        _second = new JobJournal(_folder["state"], new JournalSeal(_folder["token"]), NullLogger<JobJournal>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Job_of_an_agent_that_lives_is_left_to_it_and_that_of_one_that_is_gone_is_found_with_all_that_is_known()
    {
        var launch = Launches.Of(Some.Job()) with { Labels = ["linux"], Platform = "p", Most = new MostResources(4, 1024) };
        using var entry = (await _first.BeginAsync(Offer(), Token))!;
        entry.Keep(launch);
        var whileItLives = (await _second.TakeAbandonedAsync(Token)).Count;

        entry.Dispose(); // as the end of its process does
        var found = Assert.Single(await _second.TakeAbandonedAsync(Token));

        Assert.Equal(0, whileItLives);
        Assert.False(found.Record.HasStarted);
        var read = found.Record.ToLaunch();
        Assert.Equal(
            (launch.JobId, launch.Runner.Name, "p", launch.Most, launch.MessageSeen, launch.Job.Variables.Count),
            (read?.JobId, read?.Runner.Name, read?.Platform, read?.Most, read?.MessageSeen, read?.Job.Variables.Count));
        Assert.Equal(["linux"], read?.Labels ?? []);
        Assert.Empty(await _first.TakeAbandonedAsync(Token)); // it is the second's now
        await found.RemoveAsync();
    }

    [Fact]
    public async Task Job_that_is_over_leaves_nothing()
    {
        var entry = (await _first.BeginAsync(Offer(), Token))!;
        entry.NoteStart();
        await entry.RemoveAsync();

        Assert.Empty(Directory.GetFiles(_folder["state"]));
    }

    [Fact]
    public async Task What_an_agent_left_that_was_killed_before_its_record_stood_is_cleared_away()
    {
        using var living = (await _first.BeginAsync(Offer(), Token))!;
        File.WriteAllText(_folder["state/0.lock"], string.Empty);
        File.WriteAllText(_folder["state/0.new"], "half");

        await _second.TakeAbandonedAsync(Token);

        Assert.Equal(2, Directory.GetFiles(_folder["state"]).Length); // the record and the lock of the one that lives
        Assert.DoesNotContain("0.", Directory.GetFiles(_folder["state"]).Select(file => Path.GetFileName(file)[..2]));
    }

    [Fact]
    public async Task Files_are_the_users_alone_and_show_no_secret()
    {
        using var entry = (await _first.BeginAsync(Offer(), Token))!;
        entry.Keep(Launches.Of(Some.Job()));

        var file = Assert.Single(Directory.GetFiles(_folder["state"], "*.job"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["state"]));
        Assert.DoesNotContain(JitSecret, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    public async Task File_that_cannot_be_read_does_not_keep_the_others_from_being_found(string content)
    {
        Directory.CreateDirectory(_folder["state"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(_folder["state/0.job"], content);
        (await _first.BeginAsync(Offer(), Token))!.Dispose();

        var found = Assert.Single(await _second.TakeAbandonedAsync(Token));

        Assert.Equal("r-1", found.Record.RunnerRequestId);
        Assert.False(File.Exists(_folder["state/0.job"]));
        await found.RemoveAsync();
    }

    [Fact]
    public async Task Folder_that_is_open_to_others_is_not_used()
    {
        Directory.CreateDirectory(_folder["state"]);
        File.SetUnixFileMode(_folder["state"], (UnixFileMode)0b111_111_111);

        Assert.Null(await _first.BeginAsync(Offer(), Token));
    }

    private static JournalRecord Offer() => new()
    {
        Pool = "test",
        RunnerName = "runner-1",
        JitConfig = JitSecret,
        RunnerRequestId = "r-1",
        RunServiceUrl = "https://run.example/",
        MessageSeen = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
    };
}

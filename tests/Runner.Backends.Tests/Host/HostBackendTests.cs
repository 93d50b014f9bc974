using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends.Host;
using Runner.Jobs;
using Runner.Jobs.Containers;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Backends.Tests.Host;

/// <summary>Real processes; a shell script stands in for the worker and keeps its rules: payload on standard input, outcome in a file.</summary>
public sealed class HostBackendTests : IDisposable
{
    private const string ReadPayload = """
        payload=$(cat)
        outcome=$(printf %s "$payload" | sed 's/.*"outcome":"\([^"]*\)".*/\1/')
        conclude() { outcome_of succeeded reported "$1" >"$outcome"; }

        """ + StandIn.Outcome;

    // Opening a fifo waits for its other end: that is how script and test wait for each other.
    private const string Fifo = "mkfifo \"$RUNNER_JOB_FOLDER/go\" \"$RUNNER_JOB_FOLDER/ready\"; : >\"$RUNNER_JOB_FOLDER/made\"\n";
    private const string Ready = "echo ready >\"$RUNNER_JOB_FOLDER/ready\"\n";
    private const string WaitForGo = "read -r go <\"$RUNNER_JOB_FOLDER/go\"\n";

    private readonly TempFolder _temp = new();
    private readonly WaitableTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Outcome_of_the_worker_is_that_of_the_job()
    {
        var backend = Backend(ReadPayload + "conclude fine");

        await using var handle = await backend.LaunchAsync(Launch(), Token);
        var end = await handle.Ended;

        Assert.Equal(Conclusion.Succeeded, end.Outcome?.Conclusion);
        Assert.Equal("fine", end.Outcome?.Reason);
        Assert.Equal(FailureReason.None, end.Failure);
        Assert.True(end.WorkerStarted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_is_measured_where_a_job_shares_the_machines_control_group()
    {
        var backend = Backend(ReadPayload + """case "$payload" in *inSummary*) conclude measured;; *) conclude left;; esac""");

        await using var handle = await backend.LaunchAsync(Launch() with { Usage = new UsageReport { InSummary = true } }, Token);

        Assert.Equal("left", (await handle.Ended).Outcome?.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task Payload_comes_on_standard_input_and_is_nowhere_on_disk()
    {
        var backend = Backend(ReadPayload + """case "$payload" in *s3cr3t-of-the-job*) conclude seen;; *) conclude missing;; esac""");
        var job = Some.Job() with { Variables = new Dictionary<string, VariableValue> { ["TOKEN"] = new() { Value = "s3cr3t-of-the-job", IsSecret = true } } };

        await using var handle = await backend.LaunchAsync(Launch(job), Token);
        var end = await handle.Ended;

        Assert.Equal("seen", end.Outcome?.Reason);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_temp["jobs"], "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "owner.lock"),
            file => File.ReadAllText(file).Contains("s3cr3t-of-the-job", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Folder_of_a_job_is_private_and_goes_when_the_handle_is_disposed()
    {
        var backend = Backend(ReadPayload + """mkdir -p "$RUNNER_JOB_FOLDER/work/mod/ro" && : >"$RUNNER_JOB_FOLDER/work/mod/ro/f" && chmod -R a-w "$RUNNER_JOB_FOLDER/work/mod"; conclude x""");
        var handle = await backend.LaunchAsync(Launch(), Token);
        await handle.Ended;
        var folder = Directory.GetDirectories(_temp["jobs"], "job-*").Single();

        var mode = File.GetUnixFileMode(folder);
        await handle.DisposeAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, mode);
        Assert.False(Directory.Exists(folder));
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_gets_a_clean_environment_and_a_session_of_its_own()
    {
        var backend = Backend(ReadPayload + """conclude "${GITHUB_TOKEN:-none} ${LANG:-none} ${MY_FLAG:-none} $(ps -o sid= -p $$ | tr -d ' ')=$$" """, options =>
        {
            options.LauncherEnvironment = new Dictionary<string, string> { ["GITHUB_TOKEN"] = "t", ["LANG"] = "C.UTF-8", ["MY_FLAG"] = "on" };
            options.PassEnvironment = ["MY_FLAG"];
        });

        await using var handle = await backend.LaunchAsync(Launch(), Token);
        var end = await handle.Ended;

        var words = Assert.IsType<string>(end.Outcome?.Reason).Split(' ');
        Assert.Equal(["none", "C.UTF-8", "on"], words[..3]);
        var session = words[3].Split('=');
        Assert.Equal(session[1], session[0]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_is_killed_ends_the_job_with_its_last_words_and_takes_its_children_along()
    {
        var backend = Backend(ReadPayload + """
            echo "about to die" >&2
            setsid sh -c 'echo $$ >"$RUNNER_JOB_FOLDER/orphan"; exec sleep 600' &
            while [ ! -s "$RUNNER_JOB_FOLDER/orphan" ]; do :; done
            kill -9 $$
            """);

        await using var handle = await backend.LaunchAsync(Launch(), Token);
        var end = await handle.Ended;

        var orphan = int.Parse(File.ReadAllText(Path.Combine(JobFolder, "orphan")), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Null(end.Outcome);
        Assert.Equal(FailureReason.WorkerDied, end.Failure);
        Assert.Equal(
            "The worker's process was killed by signal 9 (SIGKILL: somebody, or the kernel for lack of memory) before the job was concluded. " +
            "The last it printed:\nabout to die",
            end.Message);
        Assert.False(ProcessId.Of(orphan).IsAlive());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""printf '{"conclusion":"succeeded","isReported":false}' >"$outcome"; kill -9 $$""")]
    [InlineData("""printf '{"conclusion":"succeeded","isReported":true}' >"$outcome"; kill -9 $$""")]
    [InlineData("""printf '{"conclusion":"succeeded","isReported":true}' >"$outcome"; exit 0""")]
    [InlineData("""outcome_key=guessed; outcome_of succeeded reported >"$outcome"; exit 0""")]
    [InlineData("""outcome_of failed unreported | sed 's/failed/succeeded/' >"$outcome"; exit 0""")]
    [InlineData("""outcome_of succeeded unreported >"$outcome"; kill -9 $$""")]
    [InlineData("""outcome_of succeeded unreported >"$outcome"; exit 1""")]
    [InlineData("""mkfifo "$outcome" """)]
    [InlineData("""ln -s /dev/zero "$outcome" """)]
    [InlineData("""mkdir "$outcome" """)]
    [InlineData("""outcome_of succeeded reported >"$outcome"; head -c 100000 /dev/zero >>"$outcome" """)]
    public async Task Outcome_that_is_not_the_workers_last_word_is_none(string script)
    {
        await using var handle = await Backend(ReadPayload + script).LaunchAsync(Launch(), Token);

        var end = await handle.Ended;

        Assert.Null(end.Outcome);
        Assert.Equal(FailureReason.WorkerDied, end.Failure);
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_is_killed_after_it_told_of_a_failure_has_said_how_the_job_ended()
    {
        await using var handle = await Backend(ReadPayload + """outcome_of failed unreported why >"$outcome"; kill -9 $$""").LaunchAsync(Launch(), Token);

        Assert.Equal((Conclusion.Failed, "why"), ((await handle.Ended).Outcome?.Conclusion, (await handle.Ended).Outcome?.Reason));
    }

    [Fact(Timeout = 30_000)]
    public async Task Workspace_is_named_as_GitHub_names_it_and_nothing_of_the_runners_lies_beside_it()
    {
        var backend = Backend(ReadPayload + """
            workspace=$(printf %s "$payload" | sed 's/.*"workspace":"\([^"]*\)".*/\1/')
            conclude "${workspace#"$RUNNER_JOB_FOLDER/"} $(ls -A "$workspace/.." | tr '\n' ' ')$(ls -A "$workspace/../.." | tr '\n' ' ')"
            """);

        await using var handle = await backend.LaunchAsync(Launch(InRepository("octo/hello-world")), Token);

        Assert.Equal("work/hello-world/hello-world hello-world _actions _temp hello-world ", (await handle.Ended).Outcome?.Reason);
    }

    [Theory]
    [InlineData("octo/hello.World_2", "hello.World_2")]
    [InlineData("octo/..",            "repository")]
    [InlineData("octo/.github",       ".github")]
    [InlineData("octo/_temp",         "repository")]
    [InlineData("octo/a b",           "repository")]
    [InlineData("octo/",              "repository")]
    [InlineData(null,                 "repository")]
    public void Name_that_can_be_no_folder_is_replaced(string? repository, string folder)
    {
        Assert.Equal(folder, Launch(repository is null ? Some.Job() : InRepository(repository)).RepositoryFolder);
    }

    [Fact(Timeout = 30_000)]
    public async Task Folder_of_archives_that_jobs_could_write_to_is_not_passed_on()
    {
        var backend = Backend(ReadPayload + """conclude "${ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE:-none}" """, options =>
        {
            options.LauncherEnvironment = new Dictionary<string, string> { ["ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE"] = _temp.FullPath };
            options.PassEnvironment = ["ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE"];
        });

        await using var handle = await backend.LaunchAsync(Launch(), Token);

        Assert.Equal("none", (await handle.Ended).Outcome?.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_that_can_prove_an_outcome_is_on_disk()
    {
        await using var handle = await Backend(ReadPayload + """conclude "$outcome_key" """).LaunchAsync(Launch(), Token);

        var key = Assert.IsType<string>((await handle.Ended).Outcome?.Reason);

        Assert.Equal(64, key.Length);
        Assert.DoesNotContain(key, File.ReadAllText(Path.Combine(JobFolder, "job.json")), StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("rm job.json; mkfifo job.json")]
    [InlineData("ln -sf /dev/zero job.json")]
    public async Task Job_that_has_replaced_its_record_is_ended_and_does_not_hold_up_the_look_for_orphans(string script)
    {
        var backend = Backend(ReadPayload + Fifo + $"(cd \"$RUNNER_JOB_FOLDER\"; {script})\n" + Ready + WaitForGo);
        await using var handle = await backend.LaunchAsync(Launch(), Token);
        await ReadyAsync();
        var folder = JobFolder;
        Assert.NotEmpty(JobProcesses.Find(default, folder));
        handle.Release();

        Assert.Empty(await Backend("exit 0").AdoptAsync(Token));
        Assert.Empty(JobProcesses.Find(default, folder));
        Assert.False(Directory.Exists(folder));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(": >job.json", true)]
    [InlineData("echo '{\"launch\":' >job.json", true)]
    [InlineData("rm job.json", false)] // as of an agent that ended before it wrote one
    public async Task Job_whose_record_is_empty_or_cut_is_told_by_its_id_before_it_is_ended(string script, bool isTold)
    {
        var warnings = new Warnings();
        await using var handle = await Backend(ReadPayload + Fifo + $"(cd \"$RUNNER_JOB_FOLDER\"; {script})\n" + Ready + WaitForGo).LaunchAsync(Launch(), Token);
        await ReadyAsync();
        var record = Path.Combine(JobFolder, "job.json");
        handle.Release();

        Assert.Empty(await Backend("exit 0", logger: warnings).AdoptAsync(Token));

        Assert.Equal(isTold ? 1 : 0, warnings.Lines.Count);
        Assert.All(warnings.Lines, line => Assert.StartsWith($"Job {handle.JobId} of an agent that is gone is ended, as nobody can look after it: its record {record} is empty or cut", line, StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_is_a_signal_of_its_own_that_the_worker_answers()
    {
        var backend = Backend(ReadPayload + Fifo + """trap 'conclude cancelled; exit 0' USR2""" + "\n" + Ready + WaitForGo);
        await using var handle = await backend.LaunchAsync(Launch(), Token);
        await ReadyAsync();

        await handle.CancelAsync(TimeSpan.FromMinutes(5), Token);
        var end = await handle.Ended;

        Assert.Equal("cancelled", end.Outcome?.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_does_not_listen_is_left_alone_for_a_moment_and_then_ended()
    {
        var backend = Backend(ReadPayload + Fifo + Ready + WaitForGo);
        await using var handle = await backend.LaunchAsync(Launch(), Token);
        await ReadyAsync();

        await handle.CancelAsync(TimeSpan.FromMinutes(5), Token);
        await _time.Waits(TimeSpan.FromSeconds(2), count: 1);
        Assert.False(handle.Ended.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        await _time.Waits(TimeSpan.FromSeconds(2), count: 2);
        Assert.False(handle.Ended.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        var end = await handle.Ended;

        Assert.Equal(FailureReason.WorkerDied, end.Failure);
        Assert.Contains("signal 12", end.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_does_not_heed_the_cancel_is_killed_after_the_grace()
    {
        var backend = Backend(ReadPayload + Fifo + "trap '' USR2\n" + Ready + WaitForGo);
        await using var handle = await backend.LaunchAsync(Launch(), Token);
        await ReadyAsync();

        await handle.CancelAsync(TimeSpan.FromMinutes(5), Token);
        Assert.False(handle.Ended.IsCompleted);
        _time.Advance(TimeSpan.FromMinutes(5));
        var end = await handle.Ended;

        Assert.Equal(FailureReason.WorkerDied, end.Failure);
        Assert.Equal("The worker did not end within 300 s after the job was cancelled and was killed", end.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task Launching_a_job_twice_gives_the_first_handle()
    {
        var backend = Backend(ReadPayload + Fifo + Ready + WaitForGo);
        var launch = Launch();

        await using var first = await backend.LaunchAsync(launch, Token);
        var second = await backend.LaunchAsync(launch, Token);

        Assert.Same(first, second);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_local_run_that_is_gone_left_is_ended_and_removed_and_nothing_of_one_that_lives(bool byNextRun)
    {
        var script = ReadPayload + Fifo + Ready + WaitForGo;
        var first = await Backend(script).LaunchAsync(Launch() with { Reporting = ReportingTarget.Launcher }, Token);
        await ReadyAsync();
        var (left, worker) = (JobFolder, int.Parse(first.Location.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Empty(await Backend(script).AdoptAsync(Token));
        Assert.True(Directory.Exists(left)); // its run lives

        first.Release(); // as if its process were killed
        if (byNextRun)
        {
            await using var next = await Backend(ReadPayload + "conclude next").LaunchAsync(Launch(Some.Job() with { JobId = new JobId(Guid.NewGuid()) }), Token);
            Assert.Equal("next", (await next.Ended).Outcome?.Reason);
        }
        else
        {
            Assert.Empty(await Backend(script).AdoptAsync(Token));
        }

        Assert.False(Directory.Exists(left));
        Assert.Empty(JobProcesses.Find(default, left));
        Assert.False(ProcessId.Of(worker) is { StartTicks: > 0 } living && living.IsAlive());
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_of_an_agent_that_is_gone_is_adopted_and_its_outcome_read()
    {
        var script = ReadPayload + Fifo + Ready + WaitForGo + "conclude adopted";
        var launch = Launch();
        var first = await Backend(script).LaunchAsync(launch, Token);
        await ReadyAsync();
        var successor = Backend(script);
        Assert.Empty(await successor.AdoptAsync(Token)); // its agent lives

        first.Release();
        await using var adopted = Assert.Single(await successor.AdoptAsync(Token));
        await File.WriteAllTextAsync(Path.Combine(JobFolder, "go"), "go\n", Token);
        var end = await adopted.Ended;

        Assert.Equal(launch.JobId, adopted.JobId);
        Assert.Equal("adopted", end.Outcome?.Reason);
        Assert.True(first.Ended.IsCanceled);
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_of_an_agent_of_another_installation_is_left_to_its_own_in_the_same_folder()
    {
        var script = ReadPayload + Fifo + Ready + WaitForGo + "conclude adopted";
        var first = await Backend(script, options => options.Instance = "one").LaunchAsync(Launch(), Token);
        await ReadyAsync();
        first.Release();

        Assert.Empty(await Backend(script, options => options.Instance = "two").AdoptAsync(Token));
        await using var adopted = Assert.Single(await Backend(script, options => options.Instance = "one").AdoptAsync(Token));
        await File.WriteAllTextAsync(Path.Combine(JobFolder, "go"), "go\n", Token);

        Assert.Equal("adopted", (await adopted.Ended).Outcome?.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_cannot_be_run_is_the_fault_of_the_place_and_one_that_dies_is_not()
    {
        var dead = await EndOfAsync("exit 3");
        File.Delete(_temp["worker"]);
        var missing = await EndOfAsync("#!/no/such/shell", isScript: false);

        Assert.Equal((FailureReason.WorkerDied, true, false), (dead.Failure, dead.WorkerStarted, dead.IsPlaceAtFault));
        Assert.Equal((FailureReason.WorkerDied, false, true), (missing.Failure, missing.WorkerStarted, missing.IsPlaceAtFault));

        async Task<JobEnd> EndOfAsync(string script, bool isScript = true)
        {
            var backend = Backend(script);
            if (!isScript)
            {
                await File.WriteAllTextAsync(_temp["worker"], script, Token);
            }

            await using var handle = await backend.LaunchAsync(Launch(Some.Job() with { JobId = new JobId(Guid.NewGuid()) }), Token);
            return await handle.Ended;
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""printf '{"conclusion":"succeeded","isReported":true}' >"$outcome"; kill -9 $$""")]
    [InlineData("""outcome_of failed reported | sed 's/failed/succeeded/' >"$outcome"; exit 0""")]
    public async Task Outcome_that_a_step_wrote_is_none_of_an_adopted_job_either(string script)
    {
        script = ReadPayload + Fifo + Ready + WaitForGo + script;
        var first = await Backend(script).LaunchAsync(Launch(), Token);
        await ReadyAsync();
        first.Release();
        await using var adopted = Assert.Single(await Backend(script).AdoptAsync(Token));

        await File.WriteAllTextAsync(Path.Combine(JobFolder, "go"), "go\n", Token);

        Assert.Equal((null, FailureReason.WorkerDied), ((await adopted.Ended).Outcome, (await adopted.Ended).Failure));
    }

    [Fact(Timeout = 30_000)]
    public async Task Disposing_the_handle_stops_a_job_that_runs()
    {
        var backend = Backend(ReadPayload + Fifo + "trap '' USR2\n" + Ready + WaitForGo);
        var handle = await backend.LaunchAsync(Launch(), Token);
        await ReadyAsync();

        await handle.DisposeAsync();

        Assert.Equal(FailureReason.WorkerDied, (await handle.Ended).Failure);
        Assert.Empty(Directory.GetDirectories(_temp["jobs"], "job-*"));
    }

    [Fact]
    public async Task Missing_worker_is_named_with_its_setting()
    {
        var backend = new HostBackend(new HostOptions { Root = _temp["jobs"], WorkerPath = _temp["nothing"] }, _time, NullLogger<HostBackend>.Instance);

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => backend.LaunchAsync(Launch(), Token));

        Assert.Equal($"There is no worker at '{_temp["nothing"]}' (host: WorkerPath)", error.Message);
        Assert.Empty(Directory.GetDirectories(_temp["jobs"], "job-*"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Look_for_orphans_takes_nothing_from_jobs_that_are_being_launched()
    {
        var (launching, looking) = (Backend(ReadPayload + "conclude fine"), Backend(ReadPayload + "conclude fine"));
        using var enough = new CancellationTokenSource();
        var adopted = Task.Run(async () =>
        {
            var found = new List<IJobHandle>();
            while (!enough.IsCancellationRequested)
            {
                found.AddRange(await looking.AdoptAsync(Token));
            }

            return found;
        });

        for (var number = 0; number < 15; number++)
        {
            await using var handle = await launching.LaunchAsync(Launch(Some.Job(Guid.NewGuid())), Token);
            Assert.Equal(Conclusion.Succeeded, (await handle.Ended).Outcome?.Conclusion);
        }

        await enough.CancelAsync();
        Assert.Empty(await adopted);
        Assert.Empty(Directory.EnumerateDirectories(_temp["jobs"], "*job-*"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Draft_of_an_agent_that_was_killed_goes_after_an_hour()
    {
        var backend = Backend("exit 0");
        foreach (var (name, age) in new[] { (".new-job-a", 61), (".new-job-b", 59) })
        {
            Directory.CreateDirectory(_temp[$"jobs/{name}"]);
            Directory.SetLastWriteTimeUtc(_temp[$"jobs/{name}"], _time.GetUtcNow().UtcDateTime.AddMinutes(-age));
        }

        await backend.AdoptAsync(Token);

        Assert.Equal([".new-job-b"], Directory.EnumerateDirectories(_temp["jobs"], ".new-*").Select(Path.GetFileName));
    }

    [Fact]
    public async Task Job_with_containers_is_refused()
    {
        var backend = Backend("exit 0");

        var job = Launch() with { Containers = new JobContainers { Job = new JobContainer { Image = "debian:12" } } };
        var services = Launch() with { Containers = new JobContainers { Services = [new ServiceContainer("db", new JobContainer { Image = "postgres" })] } };

        Assert.Equal(
            "This job asks for the container 'debian:12', which the host backend cannot give it; the docker and kubernetes backends can",
            (await Assert.ThrowsAsync<WorkflowException>(() => backend.LaunchAsync(job, Token))).Message);
        Assert.Equal(
            "This job asks for services (db), which the host backend cannot give it; the docker and kubernetes backends can",
            (await Assert.ThrowsAsync<WorkflowException>(() => backend.LaunchAsync(services, Token))).Message);
    }

    private string JobFolder => Directory.GetDirectories(_temp["jobs"], "job-*").Single();

    private static JobMessage InRepository(string repository) => Some.Job() with
    {
        ContextData = new Dictionary<string, ContextData> { ["github"] = DictionaryData.FromStrings([KeyValuePair.Create("repository", repository)]) },
    };

    private static JobLaunch Launch(JobMessage? job = null) => new()
    {
        Job = job ?? Some.Job(),
        Runner = Some.Runner(),
        MessageSeen = DateTimeOffset.UnixEpoch,
    };

    // Returns when the stand-in has set itself up.
    private async Task ReadyAsync()
    {
        while (!File.Exists(Path.Combine(JobFolder, "made")))
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal("ready\n", await File.ReadAllTextAsync(Path.Combine(JobFolder, "ready"), Token));
    }

    private HostBackend Backend(string script, Action<HostOptions>? configure = null, ILogger<HostBackend>? logger = null)
    {
        var options = new HostOptions { Root = _temp["jobs"], WorkerPath = _temp.Script("worker", script) };
        configure?.Invoke(options);
        return new HostBackend(options, _time, logger ?? NullLogger<HostBackend>.Instance);
    }

    private sealed class Warnings : ILogger<HostBackend>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Add(formatter(state, exception));
            }
        }
    }
}

using System.Collections.Immutable;
using System.Reflection;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends.Docker;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Backends.Tests.Docker;

/// <summary>An engine that is away, fails, or stands still.</summary>
public sealed class EngineTroubleTests : IDisposable
{
    private const int Limit = 60_000;

    private static readonly Dictionary<string, Func<DockerEngine, CancellationToken, Task>> Calls = new()
    {
        ["PingAsync"] = (engine, token) => engine.PingAsync(token),
        ["CreateNetworkAsync"] = (engine, token) => engine.CreateNetworkAsync("n", ImmutableDictionary<string, string>.Empty, token),
        ["CreateAsync"] = (engine, token) => engine.CreateAsync(new CreateContainerParameters { Name = "c", Image = "i" }, token),
        ["TryRenameAsync"] = (engine, token) => engine.TryRenameAsync("c", "d", token),
        ["StartAsync"] = (engine, token) => engine.StartAsync("c", token),
        ["StartWithInputAsync"] = (engine, token) => engine.StartWithInputAsync("c", [1], token),
        ["UnpackAsync"] = (engine, token) => engine.UnpackAsync("c", "/", async (stream, stop) => await stream.WriteAsync(new byte[512], stop), token),
        ["InspectAsync"] = (engine, token) => engine.InspectAsync("c", token),
        ["ReadStateAsync"] = (engine, token) => engine.ReadStateAsync("c", token),
        ["WaitAsync"] = (engine, token) => engine.WaitAsync("c", token),
        ["SignalAsync"] = (engine, token) => engine.SignalAsync("c", "SIGTERM", token),
        ["ReadLogTailAsync"] = (engine, token) => engine.ReadLogTailAsync("c", 1, token),
        ["ReadFileAsync"] = (engine, token) => engine.ReadFileAsync("c", "/etc/passwd", token),
        ["ReadFolderAsync"] = async (engine, token) =>
        {
            await using var folder = await engine.ReadFolderAsync("c", "/", token); // its reader has a limit of its own
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        },
        ["ListAsync"] = (engine, token) => engine.ListAsync("l", token),
        ["RemoveAllAsync"] = (engine, token) => engine.RemoveAllAsync("l", token),
        ["RemoveAsync"] = (engine, token) => engine.RemoveAsync("c", token),
        ["ListVolumesAsync"] = (engine, token) => engine.ListVolumesAsync("l", token),
        ["RemoveVolumeAsync"] = (engine, token) => engine.RemoveVolumeAsync("v", token),
        ["Images.HasAsync"] = (engine, token) => engine.Images.HasAsync("i", token),
        ["Images.PullAsync"] = (engine, token) => engine.Images.PullAsync("i", credentials: null, platform: null, tell: null, token),
        ["Images.BuildAsync"] = (engine, token) => engine.Images.BuildAsync(new MemoryStream(), "Dockerfile", "t", _ => { }, token),
        ["Images.EnsureEmptyAsync"] = (engine, token) => engine.Images.EnsureEmptyAsync("i:1", token),
        ["Images.RemoveAsync"] = (engine, token) => engine.Images.RemoveAsync("i", token),
        ["Streams.FollowLogAsync"] = (engine, token) => engine.Streams.FollowLogAsync("c", _ => ValueTask.CompletedTask, token),
        ["Streams.CopyLogAsync"] = (engine, token) => engine.Streams.CopyLogAsync("c", 1, Stream.Null, token),
        ["Streams.ExecuteAsync"] = (engine, token) => engine.Streams.ExecuteAsync("c", ["true"], token),
        ["Streams.RunAsync"] = (engine, token) => engine.Streams.RunAsync("c", Stream.Null, token),
    };

    private readonly TempFolder _temp = new();

    public static TheoryData<string> CallNames => [.. Calls.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Theory(Timeout = Limit), MemberData(nameof(CallNames))]
    public async Task Every_call_ends_with_its_callers_token_though_the_answer_stalls_halfway(string call)
    {
        await using var site = new FakeEngine(FakeEngine.StallAsync);
        using var engine = new DockerEngine(site.Host);
        using var stop = new CancellationTokenSource();

        var made = Calls[call](engine, stop.Token);
        while (site.Requests.Count == 0)
        {
            await Task.WhenAny(made, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token));
        }

        await stop.CancelAsync();

        Assert.IsType<OperationCanceledException>(await Record.ExceptionAsync(() => made.WaitAsync(Token)), exactMatch: false);
    }

    [Fact]
    public void No_call_is_left_out()
    {
        var known = Methods(typeof(DockerEngine), string.Empty).Concat(Methods(typeof(EngineImages), "Images.")).Concat(Methods(typeof(EngineStreams), "Streams."));

        Assert.Equal(known.Order(StringComparer.Ordinal), Calls.Keys.Order(StringComparer.Ordinal));

        static IEnumerable<string> Methods(Type type, string prefix) =>
            type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal))
                .Select(method => prefix + method.Name);
    }

    [Fact(Timeout = Limit)]
    public async Task Engine_that_is_away_at_first_is_used_once_it_is_there()
    {
        var isAway = true;
        await using var site = new FakeEngine(context => isAway
            ? FakeEngine.RefuseAsync(context, 503, "starting")
            : Task.FromResult(false));
        using var backend = Backend(site);

        await Assert.ThrowsAsync<InfrastructureException>(() => backend.AdoptAsync(Token));
        await Assert.ThrowsAsync<InfrastructureException>(() => backend.LaunchAsync(Launch(), Token));
        isAway = false;

        Assert.Empty(await backend.AdoptAsync(Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Launch_on_an_engine_that_does_not_answer_is_refused_and_makes_nothing()
    {
        var isAway = false;
        await using var site = new FakeEngine(context => isAway ? FakeEngine.RefuseAsync(context, 503, "away") : Task.FromResult(false));
        using var backend = Backend(site);
        await backend.AdoptAsync(Token);
        isAway = true;

        await Assert.ThrowsAsync<InfrastructureException>(() => backend.LaunchAsync(Launch(), Token));

        Assert.DoesNotContain(site.Requests, request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(400, false)] // what the job asks for cannot be
    [InlineData(409, false)]
    public async Task End_of_a_job_without_a_container_says_whether_the_engine_is_at_fault(int code, bool isPlaceAtFault)
    {
        await using var site = new FakeEngine(context => context.Request.Path.Value?.EndsWith("/containers/create", StringComparison.Ordinal) == true
            ? FakeEngine.RefuseAsync(context, code, "no space left on device")
            : Task.FromResult(false));
        using var backend = Backend(site);

        await using var handle = await backend.LaunchAsync(Launch(), Token);
        var end = await handle.Ended;

        Assert.Equal((FailureReason.ContainerStart, false, isPlaceAtFault), (end.Failure, end.WorkerStarted, end.IsPlaceAtFault));
        Assert.Contains("no space left on device", end.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_is_stopped_while_the_engine_stands_still_ends()
    {
        var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = new FakeEngine(context =>
        {
            if (context.Request.Path.Value?.EndsWith("/containers/create", StringComparison.Ordinal) != true)
            {
                return Task.FromResult(false);
            }

            created.TrySetResult();
            return FakeEngine.StallAsync(context);
        });
        using var backend = Backend(site);
        await using var handle = await backend.LaunchAsync(Launch(), Token);
        await created.Task;

        await handle.CancelAsync(TimeSpan.FromMinutes(5), Token);

        Assert.False((await handle.Ended).WorkerStarted);
    }

    private DockerBackend Backend(FakeEngine site)
    {
        var worker = _temp["worker"];
        File.WriteAllText(worker, "#!/bin/sh\n");
        return new DockerBackend(
            new DockerOptions { Host = site.Host, WorkerPath = worker, DefaultImage = "image:1", Instance = "test" },
            TimeProvider.System,
            NullLogger<DockerBackend>.Instance);
    }

    private static JobLaunch Launch() => new()
    {
        Job = Some.Job(),
        Runner = new RunnerIdentity { Name = "runner-1", Version = "2.336.0" },
        MessageSeen = DateTimeOffset.UnixEpoch,
    };
}

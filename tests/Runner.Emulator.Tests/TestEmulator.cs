using System.Text.Json;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;

namespace Runner.Emulator.Tests;

/// <summary>An emulator of one test's own, with a client for it.</summary>
internal sealed class TestEmulator : IAsyncDisposable
{
    private TestEmulator(EmulatorServer server, TimeProvider time)
    {
        Server = server;
        Time = time;
    }

    public EmulatorServer Server { get; }

    public TimeProvider Time { get; }

    // A test's own, and it must outlive no handler: pooled factory clients would share connections between tests.
#pragma warning disable RS0030
    public HttpClient Http { get; } = new();
#pragma warning restore RS0030

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestEmulator> StartAsync(EmulatorOptions? options = null)
    {
        options ??= new EmulatorOptions();
        return new TestEmulator(await EmulatorServer.StartAsync(options, Token), options.Time);
    }

    public OfficialRunner NewRunner(string name = "runner", params string[] labels) =>
        OfficialRunner.FromJit(Http, Server.NewJitConfig(name, labels.Length == 0 ? ["self-hosted"] : labels), Time);

    /// <summary>A runner that is signed in and has a session.</summary>
    public async Task<OfficialRunner> OnlineRunnerAsync(string name = "runner", params string[] labels)
    {
        var runner = NewRunner(name, labels);
        await runner.SignInAsync(Token);
        await runner.OpenSessionAsync(Token);
        return runner;
    }

    /// <summary>Queues a job and lets a new runner take it.</summary>
    public async Task<(OfficialRunner Runner, OfficialJob Job)> RunningJobAsync(string name = "runner")
    {
        Server.QueueJob(new RawJob());
        var runner = await OnlineRunnerAsync(name);
        return (runner, await runner.TakeJobAsync(Token));
    }

    public Task<HttpResponseMessage> PostAsync(string path, string? json, string? token = "emulator", string scheme = "Bearer") =>
        OfficialHttp.SendAsync(Http, HttpMethod.Post, new Uri(Server.Url, path), token, json, Token, scheme);

    public Task<HttpResponseMessage> GetAsync(string path, string? token = "emulator", string scheme = "Bearer") =>
        OfficialHttp.SendAsync(Http, HttpMethod.Get, new Uri(Server.Url, path), token, null, Token, scheme);

    public Task<HttpResponseMessage> DeleteAsync(string path, string? token = "emulator", string scheme = "Bearer") =>
        OfficialHttp.SendAsync(Http, HttpMethod.Delete, new Uri(Server.Url, path), token, null, Token, scheme);

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }
}

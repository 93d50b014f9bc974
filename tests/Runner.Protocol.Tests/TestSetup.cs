using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Runner.Protocol.Http;
using Runner.Protocol.Registration;
using Runner.Testing.Http;

[assembly: AssemblyFixture(typeof(FakeHttpServer))]

namespace Runner.Protocol.Tests;

/// <summary>What the tests of clients share.</summary>
internal static class TestSetup
{
    public static RetryOptions Quick { get; } = new() { FirstDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) };

    public static RsaKey Key { get; } = RsaKey.From(RSA.Create(2048));

    public static HttpClient Http { get; } = new(new SocketsHttpHandler());

    public static JitConfig Jit(string authorizationUrl, bool fips = false) => new()
    {
        Settings = new RunnerSettings
        {
            AgentId = 42,
            AgentName = "pod-7",
            PoolId = 1,
            ServerUrlV2 = "https://broker.example/",
            UseV2Flow = true,
            Ephemeral = true,
        },
        Credentials = new RunnerCredentials
        {
            Data = new CredentialData { ClientId = "0f0e", AuthorizationUrl = authorizationUrl, RequireFipsCryptography = fips },
        },
        Key = Key,
    };

    /// <summary>Answers with JSON.</summary>
    public static Task AnswerAsync(this HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["X-GitHub-Request-Id"] = "REQ:1";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }

    /// <summary>Gives the answers in turn, the last one again and again.</summary>
    public static Func<HttpContext, Task> InTurn(params (int Status, string Json)[] answers)
    {
        var next = -1;
        return context =>
        {
            var (status, json) = answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)];
            return context.AnswerAsync(status, json);
        };
    }
}

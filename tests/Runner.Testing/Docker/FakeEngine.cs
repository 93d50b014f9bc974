using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Runner.Testing.Docker;

/// <summary>The bad days of a Docker engine: it answers what a test says, at an address of its own, as the client takes no path.</summary>
public sealed class FakeEngine : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<string> _requests = new();

    /// <summary>Starts it.</summary>
    /// <param name="answer">Answers what <see cref="AnswerAsync"/> does not.</param>
    public FakeEngine(Func<HttpContext, Task<bool>> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddLogging(logging => logging.ClearProviders());
        _application = builder.Build();
        _application.Run(async context =>
        {
            _requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
            if (!await answer(context))
            {
                await AnswerAsync(context);
            }
        });
        _application.StartAsync().GetAwaiter().GetResult(); // a constructor cannot wait
    }

    /// <summary>Its address.</summary>
    public string Host => $"tcp://127.0.0.1:{new Uri(_application.Urls.First()).Port}";

    /// <summary>What was asked, in order.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Refuses a request in the engine's form.</summary>
    public static async Task<bool> RefuseAsync(HttpContext context, int code, string message)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"message":"{{message}}"}""");
        return true;
    }

    /// <summary>Sends headers and the first bytes of an answer, and then nothing more.</summary>
    public static async Task<bool> StallAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers["X-Docker-Container-Path-Stat"] = Convert.ToBase64String("{}"u8.ToArray());
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync("[{\"Id\""u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true)); // what stalls is not waited for
        await _application.DisposeAsync();
    }

    // An engine that has every image, and no containers.
    private static async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? string.Empty;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(path.EndsWith("/_ping", StringComparison.Ordinal) ? "OK"
            : path.EndsWith("/containers/json", StringComparison.Ordinal) || path.EndsWith("/networks", StringComparison.Ordinal) ? "[]"
            : """{"Id":"sha256:1"}""");
    }
}

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Runner.Testing.Http;

/// <summary>
/// A real Kestrel on a free port for the bad days of a client: each test opens a site of its own and answers as it likes.
/// One per test assembly (<c>[assembly: AssemblyFixture(typeof(FakeHttpServer))]</c>).
/// </summary>
public sealed class FakeHttpServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, FakeSite> _sites = new();

    /// <summary>Starts the server.</summary>
    public FakeHttpServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(System.Net.IPAddress.Loopback, 0);
        });
        builder.Services.AddLogging(logging => logging.ClearProviders());
        _application = builder.Build();
        _application.Run(AnswerAsync);
        _application.StartAsync().GetAwaiter().GetResult(); // a fixture's constructor cannot wait
    }

    /// <summary>Opens a site; its address ends with a slash.</summary>
    public FakeSite Open(Func<HttpContext, Task> answer)
    {
        var name = Guid.NewGuid().ToString("N");
        var site = new FakeSite(new Uri(new Uri(_application.Urls.First()), name + "/"), answer);
        _sites[name] = site;
        return site;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        var end = path.IndexOf('/', 1);
        if (end < 0 || !_sites.TryGetValue(path[1..end], out var site))
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Request.PathBase = path[..end];
        context.Request.Path = path[end..];
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await site.AnswerAsync(context, body.ToArray());
    }
}

/// <summary>One test's part of a <see cref="FakeHttpServer"/>.</summary>
public sealed class FakeSite(Uri address, Func<HttpContext, Task> answer)
{
    private readonly ConcurrentQueue<SeenRequest> _requests = new();

    /// <summary>Base address, with a slash at its end.</summary>
    public Uri Address { get; } = address;

    /// <summary>What was asked, in order.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    internal Task AnswerAsync(HttpContext context, byte[] body)
    {
        _requests.Enqueue(new SeenRequest(
            context.Request.Method,
            context.Request.Path.Value + context.Request.QueryString,
            System.Text.Encoding.UTF8.GetString(body),
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        context.Request.Body = new MemoryStream(body);
        return answer(context);
    }
}

/// <summary>A request that a <see cref="FakeSite"/> got; the path has its query.</summary>
public sealed record SeenRequest(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers);

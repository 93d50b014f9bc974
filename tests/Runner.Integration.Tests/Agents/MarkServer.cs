using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Runner.Integration.Tests.Agents;

/// <summary>Where steps leave marks of having run, whichever place they run in, and what they wait for until the test lets them go.</summary>
internal sealed class MarkServer : IAsyncDisposable
{
    private const string Gate = "gate";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _marks = new();
    private volatile bool _isOpen;

    private MarkServer(WebApplication app) => _app = app;

    /// <summary>All marks, in the order in which they came.</summary>
    public IReadOnlyCollection<string> Marks => _marks;

    /// <summary>Shell that waits until <see cref="Open"/>.</summary>
    public string Wait => $"until busybox wget -q -O /dev/null {Url}{Gate} 2>/dev/null; do sleep 0.5; done";

    private string Url => _app.Urls.First() + "/";

    /// <summary>Starts it on an address that steps reach.</summary>
    public static async Task<MarkServer> StartAsync(string address, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://{address}:0");
        builder.Services.AddLogging(logging => logging.ClearProviders());
        var app = builder.Build();
        var server = new MarkServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Shell that leaves a mark.</summary>
    public string Leave(string mark) => $"busybox wget -q -O /dev/null {Url}{mark}";

    /// <summary>Lets go of all that wait.</summary>
    public void Open() => _isOpen = true;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        var mark = http.Request.Path.Value?.TrimStart('/') ?? string.Empty;
        if (mark != Gate)
        {
            _marks.Enqueue(mark);
        }
        else if (!_isOpen)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }

        return http.Response.WriteAsync("ok", http.RequestAborted);
    }
}

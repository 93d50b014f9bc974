using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Runner.Protocol.RunService;
using Runner.Testing.Http;

namespace Runner.Integration.Tests.Workers;

/// <summary>
/// Run service, results service and storage for one worker, over TLS with a certificate that only the payload makes trusted, under a name
/// that only <c>/etc/hosts</c> knows. Good days only.
/// </summary>
internal sealed class FakeGitHubServices : IAsyncDisposable
{
    public const string Host = "github.test";

    private readonly TestCertificates _certificates = new(Host);
    private readonly WebApplication _application;

    public FakeGitHubServices()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(
            options => options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(_certificates.Server)));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    public string CertificatePem => _certificates.AuthorityPem;

    public Uri Address => new($"https://{Host}:{new Uri(_application.Urls.First()).Port}/");

    public ConcurrentDictionary<string, string> Logs { get; } = new();

    public ConcurrentQueue<CompleteJobRequest> Completions { get; } = new();

    public Task StartAsync(CancellationToken cancellationToken) => _application.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        _certificates.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        var name = context.Request.Path.Value?.Split('/')[^1] ?? string.Empty;
        if (context.Request.Method == "PUT")
        {
            Logs[name] = Encoding.UTF8.GetString(body);
            context.Response.StatusCode = 201;
            return;
        }

        if (name == RunServiceRoutes.CompleteJob)
        {
            Completions.Enqueue(JsonSerializer.Deserialize(body, RunServiceJson.Default.CompleteJobRequest)!);
        }

        await context.Response.WriteAsync(
            name switch
            {
                RunServiceRoutes.RenewJob => """{"lockedUntil":"2999-01-01T00:00:00Z"}""",
                "GetStepLogsSignedBlobURL" or "GetJobLogsSignedBlobURL" =>
                    $$"""{"logs_url":"{{new Uri(Address, "blobs/" + LogOf(body))}}?sig=x","blob_storage_type":"BLOB_STORAGE_TYPE_AZURE"}""",
                _ => """{"ok":true}""",
            },
            context.RequestAborted);
    }

    private static string LogOf(byte[] body) =>
        JsonDocument.Parse(body).RootElement.TryGetProperty("step_backend_id", out var step) ? step.GetString() ?? "job" : "job";
}

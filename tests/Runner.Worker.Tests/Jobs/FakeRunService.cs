using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Runner.Protocol.RunService;
using Runner.Testing.Http;

namespace Runner.Worker.Tests.Jobs;

/// <summary>A run service: renews every lock and takes every completion, unless told otherwise.</summary>
internal sealed class FakeRunService
{
    public FakeRunService(FakeHttpServer server) => Site = server.Open(AnswerAsync);

    public FakeSite Site { get; }

    /// <summary>Status of renewals; but for 200 the body says the same.</summary>
    public int RenewStatus { get; set; } = 200;

    /// <summary>Statuses of completions in turn, the last again and again.</summary>
    public int[] CompleteStatuses { get; init; } = [204];

    /// <summary>Renewals that came.</summary>
    public AsyncCounter Renewals { get; } = new();

    public ConcurrentQueue<CompleteJobRequest> Completions { get; } = new();

    private async Task AnswerAsync(HttpContext context)
    {
        var isRenewal = context.Request.Path.Value?.EndsWith(RunServiceRoutes.RenewJob, StringComparison.Ordinal) == true;
        if (isRenewal)
        {
            Renewals.Increment();
        }
        else
        {
            Completions.Enqueue((await JsonSerializer.DeserializeAsync(
                context.Request.Body, RunServiceJson.Default.CompleteJobRequest, context.RequestAborted))!);
        }

        var status = isRenewal ? RenewStatus : CompleteStatuses[Math.Min(Completions.Count, CompleteStatuses.Length) - 1];
        context.Response.StatusCode = status;
        if (status != 204)
        {
            await context.Response.WriteAsync(
                status == 200
                    ? """{"lockedUntil":"2999-01-01T00:00:00Z"}"""
                    : $$"""{"source":"actions-run-service","statusCode":{{status}},"errorMessage":"no"}""",
                context.RequestAborted);
        }
    }
}

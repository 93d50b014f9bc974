using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Runner.Emulator.Tests.Clients;

/// <summary>The worker's side of a job, as GitHub's own worker sends it (run-service.md, results-service.md).</summary>
internal sealed class OfficialJob(HttpClient http, JsonObject message)
{
    private int _changeOrder;

    public JsonObject Message => message;

    public string JobId => message["jobId"]!.ToString();

    public string PlanId => message["plan"]!["planId"]!.ToString();

    public JsonObject Connection => message["resources"]!["endpoints"]!.AsArray()
        .Single(endpoint => endpoint!["name"]!.ToString() == "SystemVssConnection")!.AsObject();

    public string Token => Connection["authorization"]!["parameters"]!["AccessToken"]!.ToString();

    public Uri FeedUrl => new(Connection["data"]!["FeedStreamUrl"]!.ToString());

    public Uri Results => new(message["variables"]!["system.github.results_endpoint"]!["value"]!.ToString());

    public Uri Launch => new(message["variables"]!["system.github.launch_endpoint"]!["value"]!.ToString());

    public Task<HttpResponseMessage> RenewAsync(CancellationToken cancellationToken, string? token = null) =>
        PostAsync(RunService("renewjob"), $$"""{"planId":"{{PlanId}}","jobId":"{{JobId}}"}""", cancellationToken, token);

    public Task<HttpResponseMessage> CompleteAsync(CancellationToken cancellationToken, string conclusion = "succeeded", string further = "", string? token = null) =>
        PostAsync(
            RunService("completejob"),
            $$"""{"planId":"{{PlanId}}","jobId":"{{JobId}}","conclusion":"{{conclusion}}","billingOwnerId":"emulator"{{further}}}""",
            cancellationToken,
            token);

    public Task<HttpResponseMessage> UpdateStepAsync(
        Guid step, int number, string name, int status, int conclusion, CancellationToken cancellationToken, int? changeOrder = null)
    {
        var started = status == 5 ? "null" : "\"2026-01-31T08:15:30.123Z\"";
        var completed = status == 6 ? "\"2026-01-31T08:15:31.123Z\"" : "null";
        return PostAsync(
            new Uri(Results, "twirp/github.actions.results.api.v1.WorkflowStepUpdateService/WorkflowStepsUpdate"),
            $$"""
            {"steps":[{"external_id":"{{step}}","number":{{number}},"name":"{{name}}","status":{{status}},
              "started_at":{{started}},"completed_at":{{completed}},"conclusion":{{conclusion}}}],
             "change_order":{{changeOrder ?? ++_changeOrder}},
             "workflow_job_run_backend_id":"{{JobId}}","workflow_run_backend_id":"{{PlanId}}"}
            """,
            cancellationToken);
    }

    /// <summary>A call of the receiver (<c>GetStepLogsSignedBlobURL</c>, …); the ids are put in.</summary>
    public Task<HttpResponseMessage> ReceiverAsync(string method, Guid? step, string further, CancellationToken cancellationToken, string? token = null)
    {
        var stepPart = step is null ? string.Empty : $",\"step_backend_id\":\"{step}\"";
        return PostAsync(
            new Uri(Results, "twirp/results.services.receiver.Receiver/" + method),
            $$"""{"workflow_job_run_backend_id":"{{JobId}}","workflow_run_backend_id":"{{PlanId}}"{{stepPart}}{{further}}}""",
            cancellationToken,
            token);
    }

    public async Task<string> UploadUrlAsync(string method, Guid? step, string member, CancellationToken cancellationToken)
    {
        using var answer = await ReceiverAsync(method, step, string.Empty, cancellationToken);
        return OfficialRunner.Text(await OfficialRunner.ReadAsync(answer, cancellationToken), member);
    }

    /// <summary>Uploads a log as one block and says that it is complete.</summary>
    public async Task UploadLogAsync(Guid? step, string text, int lines, CancellationToken cancellationToken)
    {
        var kind = step is null ? "Job" : "Step";
        var url = await UploadUrlAsync($"Get{kind}LogsSignedBlobURL", step, "logs_url", cancellationToken);
        using var put = await PutAsync(url, "BlockBlob", text, cancellationToken);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using var metadata = await ReceiverAsync(
            $"Create{kind}LogsMetadata", step, $",\"uploaded_at\":\"2026-01-31T08:15:30.123Z\",\"line_count\":{lines}", cancellationToken);
        Assert.True((bool)(await OfficialRunner.ReadAsync(metadata, cancellationToken))["ok"]!);
    }

    public Task<HttpResponseMessage> PutAsync(string url, string? blobType, string text, CancellationToken cancellationToken, bool? isSealed = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        if (blobType is not null)
        {
            request.Headers.Add("x-ms-blob-type", blobType);
        }

        if (isSealed is not null)
        {
            request.Headers.Add("x-ms-blob-sealed", isSealed.ToString());
        }

        return http.SendAsync(request, cancellationToken);
    }

    public Task<HttpResponseMessage> PostAsync(Uri url, string json, CancellationToken cancellationToken, string? token = null) =>
        OfficialHttp.SendAsync(http, HttpMethod.Post, url, token ?? Token, json, cancellationToken);

    private Uri RunService(string method) => new(new Uri(Connection["url"]!.ToString()), method);
}

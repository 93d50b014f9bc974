using System.Text;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Results;
using Runner.Testing.Http;

namespace Runner.Protocol.Tests.Results;

public sealed class ResultsClientTests(FakeHttpServer server)
{
    private static readonly StepId Step = new(Guid.Parse("44444444-4444-4444-4444-444444444444"));

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 31, 8, 15, 30, 123, TimeSpan.Zero));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Step_updates_hold_numbers_and_explicit_nulls()
    {
        var site = server.Open(TestSetup.InTurn((200, """{"ok":true}""")));

        await Client(site).UpdateStepsAsync(
            [new StepUpdate { ExternalId = Step.ToString(), Number = 2, Name = "Run make", Status = ResultsStatus.InProgress, StartedAt = _time.GetUtcNow() }],
            changeOrder: 4,
            Cancelled);

        var request = site.Requests.Single();
        Assert.Equal("/twirp/github.actions.results.api.v1.WorkflowStepUpdateService/WorkflowStepsUpdate", request.Path);
        Assert.Equal(
            """
            {"steps":[{"external_id":"44444444-4444-4444-4444-444444444444","number":2,"name":"Run make","status":3,
            "started_at":"2026-01-31T08:15:30.123Z","completed_at":null,"conclusion":0}],
            "change_order":4,
            "workflow_job_run_backend_id":"33333333-3333-3333-3333-333333333333",
            "workflow_run_backend_id":"11111111-1111-1111-1111-111111111111"}
            """.ReplaceLineEndings(string.Empty),
            request.Body);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_is_not_ok_is_a_failure()
    {
        var site = server.Open(TestSetup.InTurn((200, """{"ok":false}""")));

        await Assert.ThrowsAsync<InfrastructureException>(() => Client(site).PutLogMetadataAsync(Step, 3, Cancelled));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_signed_address_is_read_with_a_size_limit_written_as_text()
    {
        var site = server.Open(TestSetup.InTurn((200, """{"logs_url":"https://blob.example/a?sig=s3cr3t","blob_storage_type":"BLOB_STORAGE_TYPE_AZURE","soft_size_limit":"1000"}""")));

        var blob = await Client(site).GetLogUrlAsync(Step, Cancelled);

        Assert.Equal((true, 1000L), (blob.IsAzure, blob.SoftSizeLimit!.Value));
        Assert.DoesNotContain("s3cr3t", blob.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_is_created_appended_to_and_sealed_in_the_way_of_append_blobs()
    {
        var site = server.Open(context =>
        {
            context.Response.Headers["x-ms-blob-append-offset"] = "5";
            return context.AnswerAsync(201, "");
        });
        var blob = new SignedBlob { Address = new Uri(site.Address, "log?sig=x"), IsAzure = true };
        var client = new BlobClient(TestSetup.Http, _time);

        await client.CreateAppendBlobAsync(blob, Cancelled);
        await client.AppendAsync(blob, 0, isLast: false, () => Text("hello"), Cancelled);
        var offset = await client.AppendAsync(blob, 5, isLast: true, () => Text("world"), Cancelled);

        Assert.Equal(5, offset);
        Assert.Equal(
            ["/log?sig=x", "/log?sig=x&comp=appendblock", "/log?sig=x&comp=appendblock&seal=true"],
            site.Requests.Select(request => request.Path));
        Assert.Equal(
            ["AppendBlob||", "|False|0", "|True|5"],
            site.Requests.Select(AzureHeaders));
        Assert.All(site.Requests, request => Assert.False(request.Headers.ContainsKey("Authorization")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Storage_that_is_not_azure_gets_no_azure_headers()
    {
        var site = server.Open(TestSetup.InTurn((200, "")));
        var blob = new SignedBlob { Address = new Uri(site.Address, "log"), IsAzure = false };

        await new BlobClient(TestSetup.Http, _time).PutAsync(blob, "text/plain", () => Text("hello"), Cancelled);

        Assert.Equal("hello", site.Requests.Single().Body);
        Assert.DoesNotContain(site.Requests.Single().Headers.Keys, name => name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(404, ProtocolErrorKind.BlobNotFound)]
    [InlineData(409, ProtocolErrorKind.BlobChanged)]
    [InlineData(412, ProtocolErrorKind.BlobChanged)]
    [InlineData(403, ProtocolErrorKind.Forbidden)]
    [InlineData(400, ProtocolErrorKind.Refused)]
    public async Task A_refused_block_is_told_by_its_kind_and_never_shows_the_signature(int status, ProtocolErrorKind kind)
    {
        var site = server.Open(TestSetup.InTurn((status, "")));
        var blob = new SignedBlob { Address = new Uri(site.Address, "log?sig=s3cr3t"), IsAzure = true };

        var exception = await Assert.ThrowsAsync<ProtocolException>(
            () => new BlobClient(TestSetup.Http, _time).AppendAsync(blob, 0, false, () => Text("x"), Cancelled));

        Assert.Equal(kind, exception.Kind);
        Assert.DoesNotContain("s3cr3t", exception.ToString(), StringComparison.Ordinal);
    }

    private ResultsClient Client(FakeSite site) => new(
        TestSetup.Http,
        site.Address,
        new FixedToken(new Secret("t")),
        new PlanId(Guid.Parse("11111111-1111-1111-1111-111111111111")),
        new JobId(Guid.Parse("33333333-3333-3333-3333-333333333333")),
        _time);

    private static string AzureHeaders(SeenRequest request) => string.Join(
        '|',
        request.Headers.GetValueOrDefault("x-ms-blob-type"),
        request.Headers.GetValueOrDefault("x-ms-blob-sealed"),
        request.Headers.GetValueOrDefault("x-ms-blob-condition-appendpos"));

    private static ByteArrayContent Text(string text) => new(Encoding.UTF8.GetBytes(text));
}

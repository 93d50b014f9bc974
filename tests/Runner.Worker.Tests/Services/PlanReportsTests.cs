using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Execution;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Tenant;
using Runner.Testing.Http;
using Runner.Worker.Services;

namespace Runner.Worker.Tests.Services;

/// <summary>The end of a V1 job whose records the server does not take.</summary>
public sealed class PlanReportsTests(FakeHttpServer server)
{
    private const int Limit = 30_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(400, 1)]
    [InlineData(503, 5)]
    public async Task Job_without_outputs_ends_without_its_records(int status, int tries)
    {
        var site = Site(status);

        await Reports(site).CompleteAsync(new JobResult { Conclusion = Conclusion.Succeeded }, _ => 0, [], Token);

        Assert.Equal(tries, site.Requests.Count(request => request.Path == "/entries"));
        Assert.Contains("\"result\":\"succeeded\"", Assert.Single(site.Requests, request => request.Path == "/news").Body, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_with_outputs_waits_for_its_records()
    {
        var site = Site(503);
        var outputs = ImmutableDictionary<string, OutputValue>.Empty.Add("word", new OutputValue("hello", IsSecret: false));

        await Assert.ThrowsAsync<InfrastructureException>(
            () => Reports(site).CompleteAsync(new JobResult { Conclusion = Conclusion.Succeeded, Outputs = outputs }, _ => 0, [], Token));

        Assert.Equal(9, site.Requests.Count(request => request.Path == "/entries"));
        Assert.DoesNotContain(site.Requests, request => request.Path == "/news");
    }

    private FakeSite Site(int records) => server.Open(http =>
    {
        http.Response.ContentType = "application/json";
        http.Response.StatusCode = http.Request.Path == "/entries" ? records : 200;
        return http.Response.WriteAsync(http.Request.Path == "/_apis/connectionData" ? Map : string.Empty, Token);
    });

    private static PlanReports Reports(FakeSite site)
    {
        var time = TimeProvider.System;
        var token = new FixedToken(new Secret("t"));
        var locations = new TenantLocations(time);
        var job = new JobMessage { Plan = new PlanReference { PlanId = TestSetup.Plan, PlanType = "actions", Version = 9 }, JobId = TestSetup.Job };
        var completion = new RetryPipeline(TestSetup.Quick.Retry with { MaxRetries = 8 }, time, NullLogger.Instance);
        return new PlanReports(
            job,
            new JobRequestClient(TestSetup.Http, site.Address, token, locations, pool: 1, request: 12, time),
            new PlanClient(TestSetup.Http, site.Address, token, locations, job, time),
            "pod-7",
            completion,
            TestSetup.Quick,
            time,
            NullLogger.Instance);
    }

    private const string Map = """
        {"locationServiceData":{"serviceDefinitions":[
          {"serviceType":"work","identifier":"8893bc5b-35b2-4be7-83cb-99e683551db4","displayName":"entries","relativePath":"/{resource}","resourceVersion":1},
          {"serviceType":"work","identifier":"557624af-b29e-4c20-8ab0-0399d2204f3f","displayName":"news","relativePath":"/{resource}","resourceVersion":1}]}}
        """;
}

using Runner.Execution.Hosting;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Testing;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Logging;
using Runner.Worker.Reporting;

namespace Runner.Worker.Tests.Jobs;

/// <summary>Jobs that a worker runs in this process, with services of GitHub that are fakes.</summary>
internal static class SomeSession
{
    /// <summary>A job of steps in a folder.</summary>
    public static LaunchPayload Payload(FakeRunService runService, FakeResults results, TempFolder folder, params JobStep[] steps)
    {
        var job = Some.Job(TestSetup.Job.Value);
        return Some.Payload(
            job with
            {
                Steps = steps,
                Variables = new Dictionary<string, VariableValue> { [JobVariables.ResultsEndpoint] = new() { Value = results.Address.ToString() } },
                Resources = new JobResources
                {
                    Endpoints =
                    [
                        new ServiceEndpoint
                        {
                            Name = "SystemVssConnection",
                            Url = runService.Site.Address.ToString(),
                            Authorization = new EndpointAuthorization { Scheme = "OAuth", Parameters = new Dictionary<string, string?> { ["AccessToken"] = "t0k3n" } },
                        },
                    ],
                },
            },
            folder.FullPath);
    }

    /// <summary>Runs it; gives the worker's exit code.</summary>
    public static Task<int> RunAsync(
        LaunchPayload payload, ReportingOptions options, JobCancellation cancellation, TextWriter log, TimeProvider? time = null, Stream? output = null)
    {
        time ??= TimeProvider.System;
        Directory.CreateDirectory(payload.Paths.Workspace);
        var host = new WorkerHost
        {
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/local/bin:/usr/bin:/bin" },
            Folder = AppContext.BaseDirectory,
            Started = time.GetUtcNow(),
            Time = time,
            Loggers = new StderrLoggerFactory(log, time),
        };
        return new JobSession(host, payload, options, cancellation).RunAsync(output ?? Stream.Null);
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Runner.Agent.Board;
using Runner.Agent.Supervision;
using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Agent.Page;

/// <summary>Passes on the log of a running job, as its worker has masked it. Nothing of it is kept, and none is read unless somebody looks.</summary>
internal sealed class LogStreams(JobSupervisor supervisor)
{
    private const int MaxStreams = 16;

    // In a pod each is a process of a few megabytes beside the job, which counts to the job's memory.
    private const int MaxStreamsOfJob = 3;
    private const int DefaultLast = 256 * 1024;
    private const int MostLast = 4 * 1024 * 1024;

    private readonly StreamSlots _slots = new(MaxStreams, MaxStreamsOfJob);

    /// <summary>Writes the log: the last part, and with <c>?follow=true</c> what comes until the job is over or the watcher leaves.</summary>
    public async Task WriteAsync(HttpContext http, JobView job, CancellationToken stopping)
    {
        if (Options(http.Request.Query) is not var (follows, last))
        {
            await PageEndpoints.RefuseAsync(http, StatusCodes.Status400BadRequest, new PageError($"follow is true or false, last a number of bytes from 1 to {MostLast}"));
            return;
        }

        using var slot = _slots.TryTake(job.Id);
        if (slot is null)
        {
            http.Response.Headers.RetryAfter = "10";
            await PageEndpoints.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, new PageError($"{MaxStreams} logs are read already, or this one {MaxStreamsOfJob} times, which is all that may be"));
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            await using var log = await supervisor.OpenLogAsync(new JobId(Guid.Parse(job.Id)), follows, last, over.Token);
            if (log is null)
            {
                await PageEndpoints.RefuseAsync(http, StatusCodes.Status410Gone, new PageError($"The log of job '{job.Name}' cannot be read here", Link: job.JobUrl ?? job.RunUrl));
                return;
            }

            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.Body.FlushAsync(over.Token); // the watcher knows that it watches, though nothing may come for long
            await CopyAsync(log, http.Response.Body, over.Token);
        }
        catch (InfrastructureException error) when (!http.Response.HasStarted)
        {
            await PageEndpoints.RefuseAsync(http, StatusCodes.Status502BadGateway, new PageError($"The log of job '{job.Name}' cannot be read: {error.Message}"));
        }
        catch (IOException error) when (!http.Response.HasStarted)
        {
            await PageEndpoints.RefuseAsync(http, StatusCodes.Status502BadGateway, new PageError($"The log of job '{job.Name}' cannot be read: {error.Message}"));
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or InfrastructureException)
        {
            // The watcher left, or it breaks off here: what is closed in order would be taken for the log's end.
            http.Abort();
        }
    }

    private static (bool Follows, int Last)? Options(IQueryCollection query)
    {
        var (follow, last) = (query["follow"].ToString(), query["last"].ToString());
        var follows = follow is "true" or "1";
        return (follows || follow is "" or "false" or "0")
            && (last.Length == 0 || (int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes is > 0 and <= MostLast))
            ? (follows, last.Length == 0 ? DefaultLast : int.Parse(last, NumberStyles.None, CultureInfo.InvariantCulture))
            : null;
    }

    private static async Task CopyAsync(Stream log, Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        while (await log.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            await body.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await body.FlushAsync(cancellationToken);
        }
    }
}

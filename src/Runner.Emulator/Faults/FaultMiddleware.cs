using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Runner.Emulator.Faults;

/// <summary>Fails requests as told. It stands before everything else, so that no service knows of it.</summary>
internal sealed class FaultMiddleware(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<ActiveFault> _faults = [];

    /// <summary>The faults that are on, the oldest first.</summary>
    public IReadOnlyList<Fault> Active
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults.Where(IsOn).Select(active => active.Fault)];
            }
        }
    }

    public void Add(Fault fault)
    {
        lock (_gate)
        {
            var end = fault.Seconds is { } seconds ? time.GetUtcNow() + TimeSpan.FromSeconds(seconds) : DateTimeOffset.MaxValue;
            _faults.Add(new ActiveFault(fault, end) { Left = fault.Requests ?? int.MaxValue });
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path == FaultEndpoints.Path || Hit(http.Request.Path.Value ?? string.Empty) is not { } fault)
        {
            await next(http);
            return;
        }

        if (fault.DelayMilliseconds > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMilliseconds), time, http.RequestAborted);
        }

        if (fault.Passes)
        {
            await next(http);
            return;
        }

        if (fault.StallsAfter is { } bytes)
        {
            await StallAsync(http, next, bytes);
            return;
        }

        if (fault.AfterHandling)
        {
            // Into nowhere: the handler must not start the real answer.
            var body = http.Response.Body;
            http.Response.Body = Stream.Null;
            await next(http);
            http.Response.Body = body;
            if (!http.Response.HasStarted)
            {
                http.Response.Clear();
            }
        }

        if (fault.Status == 0 || http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = fault.Status;
        if (fault.RetryAfterSeconds is { } wait)
        {
            http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }

        if (fault.Body is { } text)
        {
            http.Response.ContentType = text.StartsWith('<') ? "text/html" : "application/json";
            await http.Response.WriteAsync(text, http.RequestAborted);
        }
    }

    // As a server that hangs in the middle: the length that it announced is never reached.
    private static async Task StallAsync(HttpContext http, RequestDelegate next, int bytes)
    {
        using var whole = new MemoryStream();
        var body = http.Response.Body;
        http.Response.Body = whole;
        await next(http);
        http.Response.Body = body;
        http.Response.ContentLength = Math.Max(whole.Length, bytes + 1);
        await http.Response.Body.WriteAsync(whole.GetBuffer().AsMemory(0, (int)Math.Min(bytes, whole.Length)), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (http.RequestAborted.Register(gone.SetResult))
        {
            await gone.Task;
        }
    }

    private Fault? Hit(string path)
    {
        lock (_gate)
        {
            _faults.RemoveAll(active => !IsOn(active));
            var hit = _faults.Find(active => path.StartsWith(active.Fault.Prefix, StringComparison.OrdinalIgnoreCase)
                && path.EndsWith(active.Fault.Suffix ?? string.Empty, StringComparison.OrdinalIgnoreCase));
            if (hit is not null)
            {
                hit.Left--;
            }

            return hit?.Fault;
        }
    }

    private bool IsOn(ActiveFault active) => active.Left > 0 && time.GetUtcNow() < active.End;

    private sealed record ActiveFault(Fault Fault, DateTimeOffset End)
    {
        public int Left { get; set; }
    }
}

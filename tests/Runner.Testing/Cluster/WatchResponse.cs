using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Runner.Testing.Cluster;

/// <summary>The answer to a watch: a line for each change that a selector sees, as one label taken off is a deletion to who selects by it.</summary>
internal sealed class WatchResponse(
    ObjectStore store, ResourceKind kind, LabelSelector selector, WatchFaults faults, StandInClusterOptions options, TimeProvider time, CancellationToken cut)
{
    private static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(30);

    private readonly (int After, bool IsWithin) _cut = faults.NextCut();
    private int _events;

    /// <summary>Answers until the watch's time is over, its client is gone, or it is cut.</summary>
    public async Task WriteAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var length = int.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : LongestWatch;
        using var over = new CancellationTokenSource(length, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(over.Token, http.RequestAborted, cut);
        http.Response.ContentType = "application/json";
        await http.Response.Body.FlushAsync(ending.Token);
        try
        {
            await FollowAsync(http, await BeginAsync(http, ending.Token), query["allowWatchBookmarks"] == "true", ending.Token);
        }
        catch (ApiError expired)
        {
            await WriteAsync(http, "ERROR", Encoding.UTF8.GetBytes(expired.ToStatus().ToJsonString()), http.RequestAborted);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Its time is over: the answer ends as it should.
        }
        catch (OperationCanceledException)
        {
            http.Abort();
        }
    }

    // Without a version, and with 0, what there is comes first.
    private async Task<long> BeginAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (long.TryParse(http.Request.Query["resourceVersion"], CultureInfo.InvariantCulture, out var from) && from > 0)
        {
            return faults.Expires() ? throw ApiError.Expired(from, from + 1) : from;
        }

        var (objects, version) = store.List(kind, selector);
        foreach (var stored in objects)
        {
            await WriteAsync(http, "ADDED", stored.Whole, cancellationToken);
        }

        await http.Response.Body.FlushAsync(cancellationToken);
        return version;
    }

    private async Task FollowAsync(HttpContext http, long version, bool hasBookmarks, CancellationToken cancellationToken)
    {
        var told = time.GetTimestamp();
        while (true)
        {
            var (changes, upTo, next) = store.ReadAfter(kind, version);
            version = upTo;
            foreach (var (type, stored) in changes.Select(Seen).OfType<(string, StoredObject)>())
            {
                await WriteAsync(http, type, stored.Whole, cancellationToken);
            }

            await http.Response.Body.FlushAsync(cancellationToken);
            if (changes.Count > 0)
            {
                continue;
            }

            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var left = options.BookmarkInterval - time.GetElapsedTime(told);
            await Task.WhenAny(next, Task.Delay(hasBookmarks ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : Timeout.InfiniteTimeSpan, time, waiting.Token));
            await waiting.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (!next.IsCompleted)
            {
                told = time.GetTimestamp();
                await WriteAsync(http, "BOOKMARK", Encoding.UTF8.GetBytes(Bookmark(version).ToJsonString()), cancellationToken);
            }
        }
    }

    private (string Type, StoredObject Object)? Seen(ObjectChange change)
    {
        var (was, isNow) = (change.Old is { } old && selector.Matches(old.Labels), change.New is { } now && selector.Matches(now.Labels));
        return (was, isNow) switch
        {
            (true, true) => ("MODIFIED", change.New!),
            (false, true) => ("ADDED", change.New!),
            (true, false) => ("DELETED", change.New ?? change.Old!),
            _ => null,
        };
    }

    private async Task WriteAsync(HttpContext http, string type, byte[] json, CancellationToken cancellationToken)
    {
        byte[] line = [.. Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"), .. json, .. "}\n"u8];
        if (_events++ < _cut.After)
        {
            await http.Response.Body.WriteAsync(line, cancellationToken);
            return;
        }

        faults.Cut();
        if (_cut.IsWithin)
        {
            await http.Response.Body.WriteAsync(line.AsMemory(0, line.Length / 2), cancellationToken);
            await http.Response.Body.FlushAsync(cancellationToken);
        }

        throw new OperationCanceledException("The watch is cut here");
    }

    private JsonObject Bookmark(long version)
    {
        var bookmark = new JsonObject
        {
            ["kind"] = kind.Kind,
            ["apiVersion"] = kind.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
        };
        if (kind == ResourceKind.Pods)
        {
            bookmark["spec"] = new JsonObject { ["containers"] = null };
            bookmark["status"] = new JsonObject();
        }

        return bookmark;
    }
}

using Runner.Jobs;
using Runner.Protocol.Http;

namespace Runner.Protocol.Launch;

/// <summary>Resolves actions by GitHub's launch service, the way of run-service jobs (<c>actions-download.md</c> section 2.1).</summary>
/// <remarks>It makes each call once: whoever asks retries, and tells the user of it.</remarks>
public sealed class LaunchClient(HttpClient http, Uri address, ITokenSource tokens, PlanId plan, JobId job, TimeProvider time)
{
    private readonly ServiceTransport _transport = new(http, tokens, time);

    /// <summary>Finds the commits of actions.</summary>
    /// <exception cref="ProtocolException">
    /// <see cref="ProtocolErrorKind.ActionNotResolved"/>: an action does not exist or may not be used; the message says which.
    /// <see cref="ProtocolErrorKind.RateLimited"/>: asking again soon would make it worse.
    /// </exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">No answer, or one that may be another next time.</exception>
    public async Task<ResolveActionsResponse> ResolveAsync(ResolveActionsRequest request, CancellationToken cancellationToken)
    {
        var route = LaunchRoutes.ResolveActions(plan.ToString(), job.ToString());
        var call = ServiceCall.Post(address, route, request, LaunchJson.Default.ResolveActionsRequest);
        var reply = await _transport.SendAsync(call, cancellationToken);
        if (reply.IsSuccess)
        {
            return reply.Read(LaunchJson.Default.ResolveActionsResponse);
        }

        throw reply.Status switch
        {
            422 => new ProtocolException(ProtocolErrorKind.ActionNotResolved, Problems(reply)) { StatusCode = reply.Status },
            429 => reply.Refusal(ProtocolErrorKind.RateLimited),
            _ => reply.Passing(),
        };
    }

    private static string Problems(ServiceReply reply)
    {
        var problems = reply.TryRead(LaunchJson.Default.ResolveActionsError)?.Errors?
            .Select(problem => problem.Value?.Message is { Length: > 0 } message ? message : $"{problem.Key} cannot be resolved")
            .ToList();
        return problems is { Count: > 0 } ? string.Join(". ", problems) : reply.ToString();
    }
}

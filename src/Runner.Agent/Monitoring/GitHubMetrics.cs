using Prometheus;
using Runner.GitHub.Limits;

namespace Runner.Agent.Monitoring;

/// <summary>How the agent gets on with GitHub: calls and their limits, registrations, runners that wait, messages.</summary>
internal sealed class GitHubMetrics
{
    private static readonly string[] RegistrationResults = ["made", "refused", "failed"];

    private readonly Counter _ignored;
    private readonly Counter _calls;
    private readonly Counter _limited;
    private readonly Gauge _limit;
    private readonly Gauge _remaining;
    private readonly Gauge _reset;
    private readonly Gauge _expiry;
    private readonly Counter _registrations;
    private readonly Gauge _waiting;

    public GitHubMetrics(MetricFactory factory)
    {
        _ignored = factory.CreateCounter("runner_messages_ignored_total", "Messages of GitHub that this version does not know, or cannot read.", "kind");
        _calls = factory.CreateCounter("runner_github_calls_total", "Answers of GitHub's REST service.", "status");
        _limited = factory.CreateCounter("runner_github_limited_total", "Answers by which GitHub asked us to wait: for the hourly limit, or for that on calls at a time.", "limit");
        _limit = factory.CreateGauge("runner_github_rate_limit", "Calls an hour that GitHub allows.", "resource");
        _remaining = factory.CreateGauge("runner_github_rate_limit_remaining", "Calls left of them.", "resource");
        _reset = factory.CreateGauge("runner_github_rate_limit_reset_timestamp_seconds", "When they are full again.", "resource");
        _expiry = factory.CreateGauge(
            "runner_github_credentials_expiry_timestamp_seconds",
            "When GitHub refuses the credentials from. Absent where it does not say: of a GitHub App, and of a token that has no end.",
            new GaugeConfiguration { SuppressInitialValue = true });
        _registrations = factory.CreateCounter("runner_registrations_total", "Runners that GitHub was asked to register: made, refused, failed.", "pool", "result");
        _waiting = factory.CreateGauge("runner_waiting_runners", "Runners that wait for a job at GitHub.", "pool");
        foreach (var kind in new[] { "unknown", "unreadable" })
        {
            _ignored.WithLabels(kind).Publish();
        }

        foreach (var status in new[] { "2xx", "4xx", "5xx" })
        {
            _calls.WithLabels(status).Publish();
        }

        foreach (var limit in new[] { "primary", "secondary" })
        {
            _limited.WithLabels(limit).Publish();
        }
    }

    /// <summary>A pool was opened.</summary>
    public void PoolOpened(string pool)
    {
        _waiting.WithLabels(pool).Set(0);
        foreach (var result in RegistrationResults)
        {
            _registrations.WithLabels(pool, result).Publish();
        }
    }

    /// <summary>A message was left alone.</summary>
    /// <param name="kind"><c>unknown</c> or <c>unreadable</c>.</param>
    public void MessageIgnored(string kind) => _ignored.WithLabels(kind).Inc();

    /// <summary>A runner waits for a job; disposing ends that.</summary>
    public IDisposable Waiting(string pool) => _waiting.WithLabels(pool).TrackInProgress();

    /// <summary>GitHub was asked to register a runner.</summary>
    /// <param name="pool">For which pool.</param>
    /// <param name="result"><c>made</c>, <c>refused</c>, or <c>failed</c>: to be tried again.</param>
    public void Registered(string pool, string result) => _registrations.WithLabels(pool, result).Inc();

    /// <summary>GitHub's REST service answered.</summary>
    public void Called(GitHubCall call)
    {
        // The server's word, and so none that could make a series of its own each time.
        var resource = call.Resource is "core" or "search" or "graphql" or "actions_runner_registration" ? call.Resource : "other";
        _calls.WithLabels(call.Status is >= 100 and < 600 ? $"{call.Status / 100}xx" : "other").Inc();
        if (call.RetryAfter is not null)
        {
            _limited.WithLabels(call.IsPrimary ? "primary" : "secondary").Inc();
        }

        if (call is { Limit: { } limit, Remaining: { } remaining })
        {
            _limit.WithLabels(resource).Set(limit);
            _remaining.WithLabels(resource).Set(remaining);
        }

        if (call.Reset is { } reset)
        {
            _reset.WithLabels(resource).Set(reset.ToUnixTimeSeconds());
        }

        if (call.CredentialsExpire is { } end)
        {
            _expiry.Set(end.ToUnixTimeSeconds());
        }
        else if (call.Status is >= 200 and < 300)
        {
            _expiry.Unpublish(); // a token without an end is in the place of one that had one
        }
    }
}

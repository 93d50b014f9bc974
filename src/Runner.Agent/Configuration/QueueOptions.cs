using System.ComponentModel.DataAnnotations;
using Runner.GitHub;
using Runner.Jobs.Errors;

namespace Runner.Agent.Configuration;

/// <summary>Section <c>monitoring.queue</c>: how the jobs that wait at GitHub are counted.</summary>
public sealed record QueueOptions
{
    // What GitHub gives at most.
    private const int MaxCallsPerHour = 15000;

    /// <summary>Least time from one count to the next. Default 30 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most calls an hour of GitHub's REST service that counting may take, of all agents of the installation together: counts of long queues come the more seldom.
    /// Pools of the mode <c>scaleset</c> need none. Default 600; 0: pools of the mode <c>runners</c> are not counted.
    /// </summary>
    [Range(0, MaxCallsPerHour)]
    public int CallsPerHour { get; set; } = 600;

    /// <summary>
    /// Repositories whose jobs are counted for pools of the mode <c>runners</c>: <c>name</c> of the organisation, or <c>owner/name</c>. Default: the one at
    /// <c>github.url</c>; where that is an organisation or an enterprise, none, and such pools are not counted.
    /// </summary>
    public IList<string> Repositories { get; set; } = [];

    /// <summary>Repositories as <c>owner/name</c>.</summary>
    internal IReadOnlyList<string> RepositoriesOf(GitHubEndpoint endpoint) => (Repositories, endpoint) switch
    {
        ({ Count: > 0 } named, _) => [.. named.Select(name => name.Contains('/', StringComparison.Ordinal) ? name : $"{endpoint.Owner}/{name}").Distinct(StringComparer.OrdinalIgnoreCase)],
        (_, { Scope: GitHubScope.Repository }) => [$"{endpoint.Owner}/{endpoint.Repository}"],
        _ => [],
    };

    /// <summary>What is wrong, each with the setting's path.</summary>
    internal IEnumerable<(string Path, string Problem)> Validate(GitHubOptions github)
    {
        if (Interval < TimeSpan.FromSeconds(1))
        {
            yield return ("monitoring.queue.interval", "must be 1s or more");
        }

        if (CallsPerHour is < 0 or > MaxCallsPerHour)
        {
            yield return ("monitoring.queue.callsPerHour", $"is {CallsPerHour}, expected 0 to {MaxCallsPerHour}");
        }

        for (var i = 0; i < Repositories.Count; i++)
        {
            if (Repositories[i].Split('/') is not ({ Length: 1 or 2 } parts) || parts.Any(string.IsNullOrWhiteSpace))
            {
                yield return ($"monitoring.queue.repositories[{i}]", $"is '{Repositories[i]}', expected a repository's name, or owner/name");
            }
            else if (parts.Length == 1 && IsEnterprise(github))
            {
                yield return ($"monitoring.queue.repositories[{i}]", $"is '{Repositories[i]}', expected owner/name, as github.url is an enterprise");
            }
        }
    }

    private static bool IsEnterprise(GitHubOptions github)
    {
        try
        {
            return GitHubEndpoint.Parse(github.Url, allowInsecureHttp: true).Scope == GitHubScope.Enterprise;
        }
        catch (OperatorException)
        {
            return false; // told of the address itself
        }
    }
}

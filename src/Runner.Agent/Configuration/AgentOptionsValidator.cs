using System.Globalization;
using Runner.GitHub;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Validation;

namespace Runner.Agent.Configuration;

/// <summary>Rules over settings that were read: what is missing, what does not fit together. Pure, but for looking whether files are there.</summary>
internal static class AgentOptionsValidator
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromHours(6);

    /// <summary>Every problem: the setting's path, and what to do.</summary>
    public static IEnumerable<(string Path, string Problem)> Validate(AgentOptions options) =>
    [
        .. GitHub(options.Github), .. Auth(options.Github.Auth), .. Pools(options.Pools), .. PoolRules.Check(options), .. options.Services.Validate(),
        .. options.Network.Validate(), .. Monitoring(options.Monitoring), .. options.Monitoring.Queue.Validate(options.Github),
        .. options.Monitoring.ExternalMetrics.Validate(options), .. options.Monitoring.Tracing.Validate(), .. options.Monitoring.Usage.Validate(), .. Agent(options),
        .. options.Agent.Page.Validate(), .. Kubernetes(options),
    ];

    private static IEnumerable<(string Path, string Problem)> GitHub(GitHubOptions github)
    {
        if (github.Url.Length == 0)
        {
            yield return ("github.url", "is missing, expected an organisation, repository or enterprise such as https://github.com/my-org");
            yield break;
        }

        var problem = Try(() => GitHubEndpoint.Parse(github.Url, github.AllowInsecureHttp));
        if (problem is not null)
        {
            yield return ("github.url", problem);
        }
    }

    private static IEnumerable<(string Path, string Problem)> Auth(GitHubAuthOptions auth)
    {
        var hasApp = auth.AppId is not null || auth.AppIdFile is not null || auth.PrivateKeyFile is not null;
        switch (auth.TokenFile, hasApp)
        {
            case (null, false):
                yield return ("github.auth", "is missing, expected tokenFile (a personal access token) or appId and privateKeyFile (a GitHub App)");
                break;
            case (not null, true):
                yield return ("github.auth", "has both a tokenFile and a GitHub App, expected one of them");
                break;
            case (null, true) when auth.AppId is null && auth.AppIdFile is null:
                yield return ("github.auth.appId", "is missing: privateKeyFile is that of a GitHub App");
                break;
            case (null, true) when auth.PrivateKeyFile is null:
                yield return ("github.auth.privateKeyFile", "is missing: a GitHub App needs its private key");
                break;
        }

        (string Name, string? File)[] files =
        [
            ("tokenFile", auth.TokenFile), ("appIdFile", auth.AppIdFile), ("installationIdFile", auth.InstallationIdFile), ("privateKeyFile", auth.PrivateKeyFile),
        ];
        foreach (var (name, file) in files)
        {
            if (file is not null && !File.Exists(file))
            {
                yield return ($"github.auth.{name}", $"there is no file '{file}'");
            }
        }
    }

    private static IEnumerable<(string Path, string Problem)> Pools(IList<PoolOptions> pools)
    {
        if (pools.Count == 0)
        {
            yield return ("pools", "is missing, expected a list of at least one pool with a name and labels");
        }

        for (var i = 0; i < pools.Count; i++)
        {
            var (path, pool) = ($"pools[{i}]", pools[i]);
            if (pool.Name.Length == 0)
            {
                yield return ($"{path}.name", "is missing");
            }
            else if (pools.Take(i).Any(other => other.Name.Equals(pool.Name, StringComparison.OrdinalIgnoreCase)))
            {
                yield return ($"{path}.name", $"'{pool.Name}' is the name of an earlier pool too");
            }

            foreach (var label in pool.Labels.Where(label => label.Length == 0 || label.Contains(',', StringComparison.Ordinal) || label.Any(char.IsControl)))
            {
                yield return ($"{path}.labels", $"has '{label}', which is no label");
            }

            if (pool.Labels.Count == 0)
            {
                yield return ($"{path}.labels", "is missing, expected at least one label, such as self-hosted");
            }

            if (pool.MaxJobs < 1)
            {
                yield return ($"{path}.maxJobs", $"is {pool.MaxJobs}, expected at least 1");
            }

            if (pool.HoldOnFailure is { } hold && (hold <= TimeSpan.Zero || hold > LongestHold))
            {
                yield return ($"{path}.holdOnFailure", $"is {hold}, expected up to {LongestHold.TotalHours:0}h, such as 30m");
            }

            foreach (var (name, problem) in pool.Rerun is { } rerun ? Rerun(rerun) : [])
            {
                yield return ($"{path}.rerun.{name}", problem);
            }
        }
    }

    private static IEnumerable<(string Name, string Problem)> Rerun(RerunOptions rerun)
    {
        if (rerun.Budget < 1)
        {
            yield return ("budget", $"is {rerun.Budget}, expected at least 1; leave rerun out for none");
        }

        if (rerun.MemoryFactor is not (>= 1 and <= 10))
        {
            yield return ("memoryFactor", string.Create(CultureInfo.InvariantCulture, $"is {rerun.MemoryFactor}, expected 1 to 10"));
        }

        if (rerun.MemoryBound is { } bound && !Quantity.TryParseMemory(bound, out _))
        {
            yield return ("memoryBound", $"is '{bound}', expected a quantity such as 16Gi");
        }
    }

    private static IEnumerable<(string Path, string Problem)> Monitoring(MonitoringOptions monitoring)
    {
        if (monitoring.MetricsPort is < 0 or > 65535)
        {
            yield return ("monitoring.metricsPort", $"is {monitoring.MetricsPort}, expected 0 to 65535");
        }

        if (!monitoring.MetricsPath.StartsWith('/'))
        {
            yield return ("monitoring.metricsPath", $"is '{monitoring.MetricsPath}', expected a path such as /metrics");
        }
    }

    private static IEnumerable<(string Path, string Problem)> Agent(AgentOptions options)
    {
        var agent = options.Agent;
        if (agent.Replacements < 0)
        {
            yield return ("agent.replacements", $"is {agent.Replacements}, expected 0 or more");
        }

        (string Name, TimeSpan Value)[] times =
        [
            ("adoptionInterval", agent.AdoptionInterval), ("renewInterval", agent.RenewInterval), ("retryPause", agent.RetryPause),
            ("longRetryPause", agent.LongRetryPause), ("jobRetryPause", agent.JobRetryPause), ("livenessTimeout", agent.LivenessTimeout),
            ("idleLookInterval", agent.IdleLookInterval),
        ];
        foreach (var (name, _) in times.Where(time => time.Value <= TimeSpan.Zero))
        {
            yield return ($"agent.{name}", "must be more than nothing");
        }
    }

    private static IEnumerable<(string Path, string Problem)> Kubernetes(AgentOptions options) =>
        options.BackendInUse == BackendKind.Kubernetes
            ? (options.Kubernetes ?? new KubernetesOptions()).Validate().Select(problem => (problem.Split(' ', 2)[0], problem))
            : [];

    private static string? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (OperatorException error)
        {
            return error.Message;
        }
    }
}

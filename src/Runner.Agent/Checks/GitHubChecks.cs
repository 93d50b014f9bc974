using System.Globalization;
using Runner.Agent.Configuration;
using Runner.Agent.Network;
using Runner.GitHub;
using Runner.GitHub.Inspection;
using Runner.Jobs.Errors;

namespace Runner.Agent.Checks;

/// <summary>What an agent needs of GitHub: the way there, then who it is, what it may, and where its runners would be. Nothing is changed.</summary>
internal sealed class GitHubChecks(AgentOptions options, GitHubEndpoint endpoint, AgentNetwork network, GitHubInspector inspector, TimeProvider time)
{
    // A token that ends within this time is told before it does.
    private static readonly TimeSpan SoonToEnd = TimeSpan.FromDays(7);

    /// <summary>Looks at everything, one after the other; what needs an earlier thing that failed is skipped.</summary>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken)
    {
        var results = new List<CheckResult> { VersionRules.Judge(options.Github.RunnerVersion, time.GetUtcNow()) };
        var (reached, isReached) = await new ReachCheck(endpoint, network, options.Github.Auth.TokenFile is null, time).RunAsync(cancellationToken);
        results.AddRange(reached);
        if (!isReached)
        {
            return [.. results, .. Skip("GitHub was not reached", "auth", "permissions", "groups")];
        }

        var auth = await TryAsync("auth", AuthenticateAsync, cancellationToken);
        results.AddRange(auth);
        if (auth.Any(result => result.State == CheckState.Failed))
        {
            return [.. results, .. Skip("the credentials are refused", "permissions", "groups")];
        }

        results.AddRange(await TryAsync("permissions", RequireRightsAsync, cancellationToken));
        results.AddRange(await TryAsync("groups", JudgeGroupsAsync, cancellationToken));
        return results;
    }

    private async Task<IEnumerable<CheckResult>> AuthenticateAsync(CancellationToken cancellationToken)
    {
        var view = await inspector.AuthenticateAsync(cancellationToken);
        var who = options.Github.Auth.TokenFile is null ? "the App's key is right" : view.Scopes is { Count: > 0 } scopes ? $"a classic token ({string.Join(", ", scopes)})" : "a token";
        var calls = view is { Remaining: { } left, Limit: { } limit } ? string.Create(CultureInfo.InvariantCulture, $"; {left} of {limit} calls an hour are left") : string.Empty;
        return view.Expires is { } end && end - time.GetUtcNow() < SoonToEnd
            ? [CheckResult.Warning("auth", string.Create(CultureInfo.InvariantCulture, $"the token ends at {end:yyyy-MM-dd HH:mm}Z"), "make a new one and put it into the file of github.auth.tokenFile, which is read anew")]
            : [CheckResult.Ok("auth", who + calls)];
    }

    private async Task<IEnumerable<CheckResult>> RequireRightsAsync(CancellationToken cancellationToken)
    {
        await inspector.RequireRegistrationAsync(cancellationToken);
        return [CheckResult.Ok("permissions", "runners may be registered")];
    }

    private async Task<IEnumerable<CheckResult>> JudgeGroupsAsync(CancellationToken cancellationToken) => GroupRules.Judge(
        options.Pools, await inspector.FindGroupsAsync(cancellationToken), await inspector.IsPublicAsync(cancellationToken));

    private static async Task<IReadOnlyList<CheckResult>> TryAsync(
        string name, Func<CancellationToken, Task<IEnumerable<CheckResult>>> look, CancellationToken cancellationToken)
    {
        try
        {
            return [.. await look(cancellationToken)];
        }
        catch (OperatorException error) when (name == "groups")
        {
            return [CheckResult.Skipped(name, error.Message)]; // a pool without a group of its own needs no right to see them
        }
        catch (OperatorException error)
        {
            return [CheckResult.Failed(name, error.Message, "docs/doctor.md has the rights that each way of signing in needs")];
        }
        catch (InfrastructureException error)
        {
            return [CheckResult.Failed(name, error.Message, "try again in a while; https://www.githubstatus.com tells of GitHub's own troubles", isOutside: true)];
        }
    }

    private static IEnumerable<CheckResult> Skip(string why, params string[] names) => names.Select(name => CheckResult.Skipped(name, why));
}

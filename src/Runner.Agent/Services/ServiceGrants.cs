using Runner.Agent.Configuration;
using Runner.Jobs.Callers;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;

namespace Runner.Agent.Services;

/// <summary>Tokens by which jobs use services of our own (<c>runner services</c>): they say what GitHub's own token of the job says, and are signed by the key that both sides have.</summary>
/// <remarks>The servers need not know GitHub. Clients of the older form of caches send them GitHub's token all the same, in a header that nobody reads.</remarks>
internal sealed class ServiceGrants(ServicesOptions options, TimeProvider time)
{
    private static readonly TimeSpan LongestJob = TimeSpan.FromDays(6); // GitHub ends jobs after five days
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>Nobody has services of our own.</summary>
    public static ServiceGrants None { get; } = new(new ServicesOptions(), TimeProvider.System);

    /// <summary>Whether the servers that the settings name are ours, and take no tokens but these.</summary>
    public bool AreNeeded => options.KeyFile is not null;

    /// <summary>A token for a job; <c>null</c>: its services are not ours, or its message says nothing of what it may use.</summary>
    /// <exception cref="OperatorException">The key cannot be read any more.</exception>
    public Secret? Of(JobMessage job)
    {
        if (options.KeyFile is not { } file || job.SystemConnection?.AccessToken is not { } token || RepositoryOf(job) is not { } repository)
        {
            return null;
        }

        if (RuntimeTokens.ReadGitHubs(token, repository) is not var (caller, expires))
        {
            return null;
        }

        var mode = job.Variable(JobVariables.CacheMode);
        caller = caller with
        {
            Scopes = CacheScopes.Within(caller.Scopes, canRestore: mode is not ("none" or "write-only"), canSave: mode is not ("none" or "read")),
        };
        var left = expires - time.GetUtcNow() + Grace;
        return new Secret(new RuntimeTokens(ServiceKey.ReadFor(ServiceKey.Tokens, file), time).Issue(caller, left < LongestJob ? left : LongestJob));
    }

    private static string? RepositoryOf(JobMessage job) =>
        job.ContextData.TryGetValue("github", out var data) && data is DictionaryData github ? github.FindText("repository") : null;
}

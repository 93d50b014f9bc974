using System.Collections.Immutable;
using Runner.Jobs.Data;

namespace Runner.Cli.Events;

/// <summary>What the user says of the <c>github</c> context by <c>--env GITHUB_REF=…</c> and its like, as act takes it.</summary>
internal sealed class GivenContext
{
    // Members that the launcher of a run decides. Act's own name for the commit is SHA_REF.
    private static readonly string[] Members =
    [
        "actor", "actor_id", "api_url", "base_ref", "graphql_url", "head_ref", "ref", "ref_name", "ref_type", "repository", "repository_id", "repository_owner",
        "repository_owner_id", "retention_days", "run_attempt", "run_id", "run_number", "server_url", "sha", "triggering_actor", "workflow", "workflow_ref",
        "workflow_sha",
    ];

    // Those that are different for each step, or are the event's.
    private static readonly string[] OfRunner =
    [
        "GITHUB_ACTION", "GITHUB_ACTIONS", "GITHUB_ACTION_PATH", "GITHUB_ACTION_REF", "GITHUB_ACTION_REPOSITORY", "GITHUB_ENV", "GITHUB_EVENT_NAME",
        "GITHUB_EVENT_PATH", "GITHUB_JOB", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE",
    ];

    private static readonly ImmutableDictionary<string, string> MemberOf = Members
        .Select(member => KeyValuePair.Create($"GITHUB_{member.ToUpperInvariant()}", member))
        .Append(KeyValuePair.Create("SHA_REF", "sha"))
        .ToImmutableDictionary(StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, string> _members;

    private GivenContext(ImmutableSortedDictionary<string, string> members) => _members = members;

    /// <summary>Nothing is said.</summary>
    public static GivenContext Nothing { get; } = new(ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>The rest of the environment: what is no member of the context and can be set.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; private init; } = [];

    /// <summary>Names that have no effect, as the runner itself sets them.</summary>
    public ImmutableArray<string> Useless { get; private init; } = [];

    /// <summary>Takes what an environment says.</summary>
    public static GivenContext Of(IEnumerable<KeyValuePair<string, string>> environment)
    {
        var all = environment.ToList();
        var members = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in all.OrderByDescending(variable => variable.Key, StringComparer.Ordinal)) // GITHUB_SHA after SHA_REF: it wins
        {
            if (MemberOf.TryGetValue(name, out var member) && value.Length > 0)
            {
                members[member] = value;
            }
        }

        return new GivenContext(members.ToImmutable())
        {
            Environment = [.. all.Where(variable => !MemberOf.ContainsKey(variable.Key) && !OfRunner.Contains(variable.Key))],
            Useless = [.. all.Select(variable => variable.Key).Where(OfRunner.Contains)],
        };
    }

    /// <summary>What is said of a member, or <c>null</c>: nothing.</summary>
    public string? Find(string member) => _members.GetValueOrDefault(member);

    /// <summary>A context in which what is said wins.</summary>
    public DictionaryData Over(DictionaryData github)
    {
        foreach (var (member, value) in _members)
        {
            github = github.With(member, new StringData(value));
        }

        return github;
    }
}

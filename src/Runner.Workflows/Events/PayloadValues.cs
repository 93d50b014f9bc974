using System.Globalization;
using System.Text.Json.Nodes;

namespace Runner.Workflows.Events;

/// <summary>What the shapes of payloads name: each a text, a number, or a part that is too much for a table. Pure.</summary>
internal static class PayloadValues
{
    private const int ShortIdLength = 12;
    private const string GitHub = "https://github.com";

    /// <summary>The values of an event's origin.</summary>
    public static Dictionary<string, JsonNode?> Of(EventOrigin origin)
    {
        var (owner, name) = origin.Repository.Split('/', 2) is [var first, var second] ? (first, second) : (string.Empty, origin.Repository);
        var html = $"{origin.ServerUrl}/{origin.Repository}";
        var api = origin.ServerUrl == GitHub ? "https://api.github.com" : $"{origin.ServerUrl}/api/v3";
        var message = origin.Commit?.Message ?? string.Empty;
        var before = (origin.IsTag ? null : origin.Parent) ?? EventOrigin.NoCommit;
        var time = origin.Time;
        return new Dictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["server"] = origin.ServerUrl,
            ["host"] = new Uri(origin.ServerUrl).Host,
            ["html"] = html,
            ["apiRoot"] = api,
            ["api"] = $"{api}/repos/{origin.Repository}",
            ["uploads"] = origin.ServerUrl == GitHub ? "https://uploads.github.com" : $"{origin.ServerUrl}/api/uploads",
            ["repository"] = origin.Repository,
            ["repositoryId"] = IdOf(origin.Repository),
            ["owner"] = owner,
            ["ownerId"] = IdOf(owner),
            ["name"] = name,
            ["default"] = origin.DefaultBranch,
            ["actor"] = origin.Actor,
            ["actorId"] = IdOf(origin.Actor),
            ["actorEmail"] = origin.Commit?.Author.Email,
            ["ref"] = origin.Ref,
            ["branch"] = origin.RefName,
            ["refType"] = origin.IsTag ? "tag" : "branch",
            ["tag"] = origin.IsTag ? origin.RefName : origin.Tag ?? "v1.0.0",
            ["target"] = origin.DefaultBranch,
            ["targetSha"] = origin.Target?.Sha ?? origin.Sha,
            ["sha"] = origin.Sha,
            ["tree"] = origin.Commit?.Tree ?? EventOrigin.NoCommit,
            ["message"] = message,
            ["subject"] = message.Split('\n')[0],
            ["before"] = before,
            ["created"] = before == EventOrigin.NoCommit,
            ["baseRef"] = null,
            ["compare"] = before == EventOrigin.NoCommit
                ? $"{html}/compare/{origin.RefName}"
                : $"{html}/compare/{Short(before)}...{Short(origin.Sha)}",
            ["commits"] = origin.IsTag || origin.Commit is null ? new JsonArray() : new JsonArray(Pushed(origin, origin.Commit, html)),
            ["headCommit"] = origin.Commit is { } head ? Pushed(origin, head, html) : null,
            ["simpleCommit"] = Simple(origin),
            ["datedAuthor"] = Dated(origin.Commit?.Author, origin),
            ["datedCommitter"] = Dated(origin.Commit?.Committer, origin),
            ["commitCount"] = origin.Target?.Commits ?? 1,
            ["changedFiles"] = origin.Target?.Files ?? 0,
            ["additions"] = origin.Target?.Additions ?? 0,
            ["deletions"] = origin.Target?.Deletions ?? 0,
            ["now"] = Text(time),
            ["nowSeconds"] = time.ToUnixTimeSeconds(),
        };
    }

    /// <summary>A number for a name that has one on GitHub, which nobody here knows: the same for the same name.</summary>
    internal static int IdOf(string name)
    {
        // FNV-1a, of the lower-case name, without the sign.
        var hash = 2166136261;
        foreach (var letter in name.ToLowerInvariant())
        {
            hash = unchecked((hash ^ letter) * 16777619);
        }

        return (int)(hash & 0x7fffffff) | 1;
    }

    private static JsonObject Pushed(EventOrigin origin, CommitFacts commit, string html) => new()
    {
        ["id"] = origin.Sha,
        ["tree_id"] = commit.Tree,
        ["distinct"] = true,
        ["message"] = commit.Message,
        ["timestamp"] = Text(commit.Committer.Time),
        ["url"] = $"{html}/commit/{origin.Sha}",
        ["author"] = Person(commit.Author),
        ["committer"] = Person(commit.Committer),
        ["added"] = Names(commit.Added),
        ["removed"] = Names(commit.Removed),
        ["modified"] = Names(commit.Modified),
    };

    private static JsonObject Simple(EventOrigin origin) => new()
    {
        ["id"] = origin.Sha,
        ["tree_id"] = origin.Commit?.Tree ?? EventOrigin.NoCommit,
        ["message"] = origin.Commit?.Message ?? string.Empty,
        ["timestamp"] = Text(origin.Commit?.Committer.Time ?? origin.Time),
        ["author"] = Person(origin.Commit?.Author ?? Nobody(origin)),
        ["committer"] = Person(origin.Commit?.Committer ?? Nobody(origin)),
    };

    private static JsonObject Dated(CommitPerson? person, EventOrigin origin)
    {
        var known = person ?? Nobody(origin);
        var dated = Person(known);
        dated["date"] = Text(known.Time);
        return dated;
    }

    private static CommitPerson Nobody(EventOrigin origin) => new(origin.Actor, string.Empty, origin.Time);

    private static JsonObject Person(CommitPerson person) => new() { ["name"] = person.Name, ["email"] = person.Email };

    private static JsonArray Names(IReadOnlyList<string> names) => [.. names.Select(name => (JsonNode)name)];

    private static string Short(string sha) => sha.Length > ShortIdLength ? sha[..ShortIdLength] : sha;

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture);
}

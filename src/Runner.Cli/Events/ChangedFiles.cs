using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Runner.Cli.Git;
using Runner.Workflows.Events;

namespace Runner.Cli.Events;

/// <summary>Finds the files that an event changed, for filters on paths.</summary>
/// <remarks>
/// An event's file says it of a push. Else git does: of a push what the last commit changed and what is not committed yet, of a pull request
/// all since it left the branch that it would go to. That is what pushing the files as they are would mean.
/// </remarks>
internal static class ChangedFiles
{
    private static readonly string[] Kinds = ["added", "modified", "removed"];

    /// <summary>Their paths in the repository; <c>default</c>: it is not known.</summary>
    public static async Task<ImmutableArray<string>> ReadAsync(
        string eventName, JsonObject? given, string folder, GitCheckout git, EventOrigin origin, CancellationToken cancellationToken)
    {
        if (given?["commits"] is JsonArray { Count: > 0 } commits)
        {
            return [.. commits.OfType<JsonObject>().SelectMany(Paths).Distinct(StringComparer.Ordinal)];
        }

        if (given is not null || git.Sha is null)
        {
            return default;
        }

        var since = eventName == "push" ? origin.Parent : origin.Target is { } target ? await Ask("merge-base", "HEAD", target.Sha) : null;
        if (since is null && eventName != "push")
        {
            return default;
        }

        // The first commit of all has every file new.
        var changed = since is null ? Ask("ls-files", "-z", "--full-name") : Ask("diff", "-z", "--name-only", since);
        var untracked = Ask("ls-files", "-z", "--full-name", "--others", "--exclude-standard");
        return [.. Split(await changed).Concat(Split(await untracked)).Distinct(StringComparer.Ordinal)];

        Task<string?> Ask(params string[] arguments) => GitCommand.AskAsync(git.Root ?? folder, cancellationToken, arguments);
    }

    private static IEnumerable<string> Paths(JsonObject commit) =>
        Kinds.SelectMany(kind => commit[kind] is JsonArray paths ? paths.Select(path => path?.ToString() ?? string.Empty) : []);

    private static string[] Split(string? names) => names?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];
}

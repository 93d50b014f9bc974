using System.Text.Json.Nodes;
using Runner.Cli.Git;
using Runner.Workflows.Events;

namespace Runner.Cli.Events;

/// <summary>Puts together where an event happens: flags, then the event's file, then git, then defaults that say that they are none. Pure.</summary>
internal static class EventOriginReader
{
    /// <summary>The origin.</summary>
    /// <param name="git">What git knows.</param>
    /// <param name="folder">Folder of the checkout, whose name is the repository's where nothing else says it.</param>
    /// <param name="payload">The event's file, or <c>null</c>.</param>
    /// <param name="flags">What the command line says.</param>
    /// <param name="given">What <c>--env</c> says of the context.</param>
    /// <param name="time">When the event happens.</param>
    public static EventOrigin Read(GitCheckout git, string folder, JsonObject? payload, OriginFlags flags, GivenContext given, DateTimeOffset time)
    {
        var repository = payload?["repository"] as JsonObject;
        var branch = DefaultBranch(git, payload, flags);
        return new EventOrigin
        {
            Repository = given.Find("repository") ?? Text(repository, "full_name") ?? git.Repository ?? $"local/{NameOf(folder)}",
            DefaultBranch = branch,
            Ref = given.Find("ref") ?? git.Ref ?? $"refs/heads/{branch}",
            Sha = given.Find("sha") ?? git.Sha ?? EventOrigin.NoCommit,
            Commit = git.History?.Commit,
            Parent = git.History?.Parent,
            Target = git.History?.Target,
            Tag = git.History?.Tag,
            Actor = flags.Actor ?? given.Find("actor") ?? Text(payload?["sender"], "login") ?? git.User ?? "local",
            ServerUrl = given.Find("server_url")?.TrimEnd('/') ?? $"https://{flags.GitHubInstance}",
            Time = time,
        };
    }

    /// <summary>Name of the default branch.</summary>
    public static string DefaultBranch(GitCheckout git, JsonObject? payload, OriginFlags flags) =>
        flags.DefaultBranch ?? Text(payload?["repository"], "default_branch") ?? git.DefaultBranch ?? "main";

    // As GitHub does with a name that is none for a repository: other letters become dashes.
    private static string NameOf(string folder) => string.Concat(
        Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '-'));

    private static string? Text(JsonNode? node, string key) =>
        (node as JsonObject)?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>What the command line says of an event's origin; <c>null</c>: nothing.</summary>
internal sealed record OriginFlags(string? DefaultBranch, string? Actor, string GitHubInstance);

using System.Text.Json.Nodes;
using Runner.Cli.Git;

namespace Runner.Cli.Events;

/// <summary>Puts together where an event happens: flags, then the event's file, then git, then defaults that say that they are none. Pure.</summary>
internal static class EventOriginReader
{
    /// <summary>The origin.</summary>
    /// <param name="git">What git knows.</param>
    /// <param name="folder">Folder of the checkout, whose name is the repository's where nothing else says it.</param>
    /// <param name="payload">The event's file, or <c>null</c>.</param>
    /// <param name="flags">What the command line says.</param>
    public static EventOrigin Read(GitCheckout git, string folder, JsonObject? payload, OriginFlags flags)
    {
        var repository = payload?["repository"] as JsonObject;
        var branch = flags.DefaultBranch ?? Text(repository, "default_branch") ?? git.DefaultBranch ?? "main";
        return new EventOrigin
        {
            Repository = Text(repository, "full_name") ?? git.Repository ?? $"local/{NameOf(folder)}",
            DefaultBranch = branch,
            Ref = git.Ref ?? $"refs/heads/{branch}",
            Sha = git.Sha ?? EventOrigin.NoCommit,
            Subject = git.Subject ?? string.Empty,
            Actor = flags.Actor ?? Text(payload?["sender"], "login") ?? git.User ?? "local",
            ServerUrl = $"https://{flags.GitHubInstance}",
        };
    }

    // As GitHub does with a name that is none for a repository: other letters become dashes.
    private static string NameOf(string folder) => string.Concat(
        Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '-'));

    private static string? Text(JsonNode? node, string key) =>
        (node as JsonObject)?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>What the command line says of an event's origin; <c>null</c>: nothing.</summary>
internal sealed record OriginFlags(string? DefaultBranch, string? Actor, string GitHubInstance);

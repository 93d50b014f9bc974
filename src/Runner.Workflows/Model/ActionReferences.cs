using System.Diagnostics.CodeAnalysis;
using Runner.Jobs.Messages;

namespace Runner.Workflows.Model;

/// <summary>Takes <c>uses</c> of a step apart (<c>job-message.md</c> section 7.1).</summary>
internal static class ActionReferences
{
    private const string Docker = "docker://";

    /// <summary>What a step uses. False where the text is neither an image, nor a path, nor <c>{org}/{repo}[/path]@ref</c>.</summary>
    public static bool TryParse(string uses, [NotNullWhen(true)] out ActionReference? reference)
    {
        reference = uses switch
        {
            _ when uses.StartsWith(Docker, StringComparison.Ordinal) =>
                new ActionReference { Type = ReferenceType.ContainerRegistry, Image = uses[Docker.Length..] },
            _ when IsLocal(uses) => new ActionReference { Type = ReferenceType.Repository, RepositoryType = "self", Path = uses },
            _ when uses.StartsWith("$/", StringComparison.Ordinal) =>
                new ActionReference { Type = ReferenceType.Repository, RepositoryType = "selfRepository", Path = uses[2..] },
            _ => ParseRepository(uses),
        };
        return reference is not null;
    }

    /// <summary>What the generated id of such a step is made from.</summary>
    public static string IdSeed(ActionReference reference) => reference switch
    {
        { Type: ReferenceType.ContainerRegistry } => reference.Image ?? string.Empty,
        { RepositoryType: "GitHub" } => reference.Name ?? string.Empty,
        _ => "self",
    };

    private static bool IsLocal(string uses) =>
        uses.StartsWith("./", StringComparison.Ordinal) || uses.StartsWith(".\\", StringComparison.Ordinal);

    private static ActionReference? ParseRepository(string uses)
    {
        if (uses.Split('@') is not [var place, { Length: > 0 } gitRef])
        {
            return null;
        }

        return place.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries) is [var owner, var repository, .. var path]
            ? new ActionReference
            {
                Type = ReferenceType.Repository,
                RepositoryType = "GitHub",
                Name = $"{owner}/{repository}",
                Ref = gitRef,
                Path = path.Length == 0 ? null : string.Join('/', path),
            }
            : null;
    }
}

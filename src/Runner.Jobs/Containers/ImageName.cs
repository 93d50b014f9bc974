namespace Runner.Jobs.Containers;

/// <summary>The parts of an image's name: <c>[registry/]repository[:tag][@digest]</c>.</summary>
/// <param name="Registry">Host and port; <c>docker.io</c> where the name says none.</param>
/// <param name="Repository">Name in the registry; official images of Docker Hub with their <c>library/</c>.</param>
/// <param name="Tag">Tag or digest (<c>sha256:…</c>); <c>latest</c> where the name says none.</param>
public sealed record ImageName(string Registry, string Repository, string Tag)
{
    private const string DockerHub = "docker.io";
    private const string Scheme = "docker://";

    /// <summary>The name without a leading <c>docker://</c> and blanks.</summary>
    public static string Clean(string image)
    {
        ArgumentNullException.ThrowIfNull(image);
        image = image.Trim();
        return image.StartsWith(Scheme, StringComparison.Ordinal) ? image[Scheme.Length..] : image;
    }

    /// <summary>Takes a name apart. What stands before the first slash is a registry where it has a dot or a colon, or is localhost.</summary>
    public static ImageName Parse(string image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? string.Empty : image[..slash];
        var hasRegistry = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        var registry = hasRegistry && first != "index.docker.io" ? first : DockerHub;
        var rest = hasRegistry ? image[(slash + 1)..] : image;
        var (repository, tag) = SplitTag(rest);
        return new ImageName(registry, registry == DockerHub && !repository.Contains('/', StringComparison.Ordinal) ? $"library/{repository}" : repository, tag);
    }

    private static (string Repository, string Tag) SplitTag(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var beforeDigest = at < 0 ? name : name[..at];
        var colon = beforeDigest.LastIndexOf(':');
        var repository = colon < 0 ? beforeDigest : beforeDigest[..colon];
        return (repository, at >= 0 ? name[(at + 1)..] : colon < 0 ? "latest" : beforeDigest[(colon + 1)..]);
    }
}

using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Runner.Execution.Files;

namespace Runner.Execution.FileCommands;

/// <summary>Something that a job built.</summary>
/// <param name="Name">Name of a file, or reference of an image.</param>
/// <param name="Digest"><c>sha256:…</c> in lower case; of images also <c>sha384</c> and <c>sha512</c>.</param>
/// <param name="Kind"><see cref="File"/> or <see cref="Image"/>.</param>
internal sealed partial record ArtifactSubject(string Name, string Digest, string Kind)
{
    /// <summary>Kind of a file.</summary>
    public const string File = "file";

    /// <summary>Kind of an image in a registry.</summary>
    public const string Image = "oci";

    private const string FileScheme = "file://";
    private const string ImageScheme = "oci://";

    /// <summary>Reads one entry of <c>GITHUB_ARTIFACTS</c>: a path, or <c>reference@sha256:digest</c>, with or without its scheme.</summary>
    /// <param name="findFile">Gives the place of a path on this machine.</param>
    /// <exception cref="FormatException">It is no such entry, or there is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ArtifactSubject Parse(string entry, Func<string, string> findFile)
    {
        if (entry.Contains('=', StringComparison.Ordinal))
        {
            throw new FormatException("an entry with '=' is reserved for later use");
        }

        if (entry.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase))
        {
            return OfFile(entry[FileScheme.Length..], findFile);
        }

        if (entry.StartsWith(ImageScheme, StringComparison.OrdinalIgnoreCase))
        {
            return OfImage(entry[ImageScheme.Length..]) ?? throw new FormatException("an oci:// entry must end with @sha256:, @sha384: or @sha512: and a digest of its length");
        }

        return Scheme().IsMatch(entry)
            ? throw new FormatException("only file:// and oci:// are supported")
            : OfImage(entry) ?? OfFile(entry, findFile);
    }

    private static ArtifactSubject? OfImage(string entry) =>
        Reference().Match(entry) is { Success: true } match && match.Groups["hex"].Length == HexLength(match.Groups["name"].Value)
            ? new ArtifactSubject(match.Groups["ref"].Value, $"{match.Groups["name"].Value}:{match.Groups["hex"].Value.ToLowerInvariant()}", Image)
            : null;

    private static ArtifactSubject OfFile(string path, Func<string, string> findFile)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new FormatException("a file:// entry must name a file");
        }

        var file = findFile(path);
        if (!System.IO.File.Exists(file))
        {
            throw new FormatException(Directory.Exists(file) ? $"'{path}' is a folder, expected a file" : $"the file '{path}' does not exist; looked for it at '{file}'");
        }

        using var stream = new FileStream(RegularFile.Open(file), FileAccess.Read);
        return new ArtifactSubject(Path.GetFileName(file), $"sha256:{Convert.ToHexStringLower(SHA256.HashData(stream))}", File);
    }

    private static int HexLength(string algorithm) => algorithm switch
    {
        "sha256" => 64,
        "sha384" => 96,
        _ => 128,
    };

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*://", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex("^(?<ref>.+)@(?<name>sha256|sha384|sha512):(?<hex>[0-9a-fA-F]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}

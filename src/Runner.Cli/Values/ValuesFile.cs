using Runner.Agent.Configuration;
using Runner.Cli.CommandLine;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Runner.Cli.Values;

/// <summary>Reads files of names and values: YAML where the name ends so, else dotenv.</summary>
internal static class ValuesFile
{
    /// <summary>The values of a file; <c>null</c>: there is none of that name.</summary>
    /// <param name="flag">The flag that names the file, for messages.</param>
    /// <param name="folder">Folder that a relative path starts from.</param>
    /// <param name="path">The file.</param>
    /// <param name="isNamed">Whether the user named it: what else has the default name, such as a folder, is not meant.</param>
    /// <exception cref="UsageException">It cannot be read.</exception>
    public static IReadOnlyDictionary<string, string>? Read(string flag, string folder, string path, bool isNamed)
    {
        var full = Path.GetFullPath(path, folder);
        if (path.Length == 0 || !(isNamed ? Path.Exists(full) : File.Exists(full)))
        {
            return null;
        }

        string text;
        try
        {
            text = GivenFile.ReadText(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{flag}: '{path}' cannot be read: {error.Message}", error);
        }

        return Path.GetExtension(path) is ".yml" or ".yaml" ? ReadYaml(path, text) : DotEnv.Read(path, text);
    }

    private static Dictionary<string, string> ReadYaml(string path, string yaml)
    {
        IReadOnlyList<YamlDocument> documents;
        try
        {
            documents = YamlText.Read(yaml);
        }
        catch (YamlException error)
        {
            throw new UsageException($"{path}:{error.Start.Line}:{error.Start.Column}: this is not YAML: {error.Message}", error);
        }

        return documents switch
        {
            [] => [],
            [{ RootNode: YamlScalarNode { Value: null or "" } }] => [],
            [_, var second, ..] => throw Problem(path, second.RootNode, "a second YAML document begins here, expected one"),
            [{ RootNode: YamlMappingNode mapping }] => Pairs(path, mapping),
            [var other] => throw Problem(path, other.RootNode, "expected a mapping of names to values"),
        };
    }

    private static Dictionary<string, string> Pairs(string path, YamlMappingNode mapping)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping)
        {
            var name = Text(path, key);
            if (name.Length == 0 || !pairs.TryAdd(name, Text(path, value)))
            {
                throw Problem(path, key, name.Length == 0 ? "a name is missing here" : $"'{name}' stands twice");
            }
        }

        return pairs;
    }

    private static string Text(string path, YamlNode node) =>
        node is YamlScalarNode scalar ? scalar.Value ?? string.Empty : throw Problem(path, node, "expected a single value");

    private static UsageException Problem(string path, YamlNode node, string problem) =>
        new($"{path}:{node.Start.Line}:{node.Start.Column}: {problem}");
}

using YamlDotNet.Core;

namespace Runner.Workflows.Yaml.Scanning;

/// <summary>A text that is no YAML, at its place: what our scanner says, not the parser.</summary>
internal sealed class ScanException(Mark place, string message) : YamlException(place, place, message);

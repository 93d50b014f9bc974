using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Runner.Workflows.Yaml;

/// <summary>Collections that are nested deeper than a file may have them. GitHub's message names no place.</summary>
internal sealed class LimitException(ParsingEvent place) : YamlException(place.Start, place.End, "Maximum object depth exceeded");

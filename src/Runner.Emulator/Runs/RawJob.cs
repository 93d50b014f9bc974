using System.Collections.Immutable;
using System.Text.Json;

namespace Runner.Emulator.Runs;

/// <summary>A job given as a message written by hand, for tests.</summary>
public sealed record RawJob
{
    /// <summary>Labels that its runner must have. Default none: any runner takes it.</summary>
    public ImmutableArray<string> Labels { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Key and shown name. Default <c>job</c>.</summary>
    public string Name { get; init => field = value ?? "job"; } = "job";

    /// <summary>
    /// The message. An object (default: an empty one) is completed with ids, addresses and tokens; a text goes to the runner as it is,
    /// even where it is no JSON.
    /// </summary>
    public JsonElement? Message { get; init; }
}

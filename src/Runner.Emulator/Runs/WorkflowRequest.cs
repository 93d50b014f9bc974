using System.Text.Json;

namespace Runner.Emulator.Runs;

/// <summary>A workflow to run, with what GitHub would know of the event that starts it.</summary>
public sealed record WorkflowRequest
{
    /// <summary>Text of the workflow file.</summary>
    public required string Workflow { get; init; }

    /// <summary>Path of the file in its repository. Default <c>.github/workflows/workflow.yml</c>.</summary>
    public string Path { get; init; } = ".github/workflows/workflow.yml";

    /// <summary>Name of the event. Default <c>push</c>.</summary>
    public string Event { get; init; } = "push";

    /// <summary>The event's payload, a JSON object: <c>github.event</c>. Default empty.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>The <c>inputs</c> context, or <c>null</c>: none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Inputs { get; init; }

    /// <summary>Secrets by name; they win over those of the server's options.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();

    /// <summary>The <c>vars</c> context.</summary>
    public IReadOnlyDictionary<string, string> Vars { get; init; } = new Dictionary<string, string>();

    /// <summary><c>owner/repo</c>. Default <c>emulator/workflow</c>.</summary>
    public string Repository { get; init; } = "emulator/workflow";

    /// <summary>Full ref. Default <c>refs/heads/main</c>.</summary>
    public string Ref { get; init; } = "refs/heads/main";

    /// <summary>Commit. Default 40 zeros.</summary>
    public string Sha { get; init; } = new('0', 40);

    /// <summary>Who starts the run. Default <c>emulator</c>.</summary>
    public string Actor { get; init; } = "emulator";

    /// <summary>Path and event; secrets are not shown.</summary>
    public override string ToString() => $"{Path} on {Event}";
}

using System.Text.Json;

namespace Runner.Emulator.Runs;

/// <summary>A workflow to run, with what GitHub would know of the event that starts it.</summary>
public sealed record WorkflowRequest
{
    // A member that JSON leaves out is set to null: hence the defaults in the accessors too.
    private const string DefaultPath = ".github/workflows/workflow.yml";
    private const string DefaultEvent = "push";
    private const string DefaultRepository = "emulator/workflow";
    private const string DefaultRef = "refs/heads/main";
    private const string DefaultSha = "0000000000000000000000000000000000000000";
    private const string DefaultActor = "emulator";

    /// <summary>Text of the workflow file.</summary>
    public required string Workflow { get; init; }

    /// <summary>Path of the file in its repository. Default <c>.github/workflows/workflow.yml</c>.</summary>
    public string Path { get; init => field = value ?? DefaultPath; } = DefaultPath;

    /// <summary>
    /// Texts of the repository's other workflow files by path, such as <c>.github/workflows/build.yml</c>: what <c>uses: ./…</c> of a job names.
    /// Default none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Files { get; init => field = value ?? Empty; } = Empty;

    /// <summary>Name of the event. Default <c>push</c>.</summary>
    public string Event { get; init => field = value ?? DefaultEvent; } = DefaultEvent;

    /// <summary>The event's payload, a JSON object: <c>github.event</c>. Default: one made in the shape that GitHub's has.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>The <c>inputs</c> context, or <c>null</c>: none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Inputs { get; init; }

    /// <summary>Secrets by name; they win over those of the server's options.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init => field = value ?? Empty; } = Empty;

    /// <summary>The <c>vars</c> context.</summary>
    public IReadOnlyDictionary<string, string> Vars { get; init => field = value ?? Empty; } = Empty;

    /// <summary><c>owner/repo</c>. Default <c>emulator/workflow</c>.</summary>
    public string Repository { get; init => field = value ?? DefaultRepository; } = DefaultRepository;

    /// <summary>Full ref. Default <c>refs/heads/main</c>.</summary>
    public string Ref { get; init => field = value ?? DefaultRef; } = DefaultRef;

    /// <summary>Commit. Default 40 zeros.</summary>
    public string Sha { get; init => field = value ?? DefaultSha; } = DefaultSha;

    /// <summary>Who starts the run. Default <c>emulator</c>.</summary>
    public string Actor { get; init => field = value ?? DefaultActor; } = DefaultActor;

    private static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();

    /// <summary>Path and event; secrets are not shown.</summary>
    public override string ToString() => $"{Path} on {Event}";
}

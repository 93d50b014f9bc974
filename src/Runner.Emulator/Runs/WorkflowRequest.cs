using System.Text.Json;
using Runner.Emulator.Tokens;

namespace Runner.Emulator.Runs;

/// <summary>A workflow to run, with what GitHub would know of the event that starts it.</summary>
public sealed record WorkflowRequest
{
    // A member that JSON leaves out is set to null: hence the defaults in the accessors too.
    private const string DefaultPath = ".github/workflows/workflow.yml";
    private const string DefaultEvent = "push";
    private const string DefaultRepository = RunOrigin.NoRepository;
    private const string DefaultRef = "refs/heads/main";
    private const string DefaultSha = "0000000000000000000000000000000000000000";
    private const string DefaultVisibility = "private";
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

    /// <summary>
    /// <c>owner/repo</c>: its jobs go to runners of that repository, its organisation or an enterprise. Default <c>emulator/workflow</c>, which any runner serves.
    /// </summary>
    public string Repository { get; init => field = value ?? DefaultRepository; } = DefaultRepository;

    /// <summary>Full ref. Default <c>refs/heads/main</c>.</summary>
    public string Ref { get; init => field = value ?? DefaultRef; } = DefaultRef;

    /// <summary>Commit. Default 40 zeros.</summary>
    public string Sha { get; init => field = value ?? DefaultSha; } = DefaultSha;

    /// <summary>Who starts the run. Default <c>emulator</c>.</summary>
    public string Actor { get; init => field = value ?? DefaultActor; } = DefaultActor;

    /// <summary><c>public</c>, <c>private</c> or <c>internal</c>. Default <c>private</c>: groups of runners that take no public repositories serve it.</summary>
    public string Visibility { get; init => field = value ?? DefaultVisibility; } = DefaultVisibility;

    private static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();

    /// <summary>Where its run comes from; a pull request's base branch and fork are in its payload.</summary>
    internal RunOrigin ToOrigin()
    {
        var pull = Member(Payload, "pull_request");
        var isFork = Member(Member(Member(pull, "head"), "repo"), "fork") is { ValueKind: JsonValueKind.True };
        var target = Member(Member(pull, "base"), "ref") is { ValueKind: JsonValueKind.String } name ? name.GetString() : null;
        return RunOrigin.Of(Repository, Ref, target, isFork) with { IsPublic = Visibility.Equals("public", StringComparison.OrdinalIgnoreCase) };
    }

    /// <summary>Path and event; secrets are not shown.</summary>
    public override string ToString() => $"{Path} on {Event}";

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) ? member : null;
}

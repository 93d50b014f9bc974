using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Runner.Cli.Migration;

/// <summary>Values of one installation of actions-runner-controller's chart <c>gha-runner-scale-set</c>, as parts of ours.</summary>
internal sealed class ArcSet
{
    // No bound there is none here either; ours wants a number.
    private const int Unbounded = 100;
    private const string RunnerContainer = "runner";

    private readonly List<string> _notes = [];

    private ArcSet()
    {
    }

    /// <summary>Name of the set: jobs ask for it by <c>runs-on</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Our <c>github</c>.</summary>
    public YamlMappingNode? GitHub { get; private set; }

    /// <summary>Our <c>network</c>.</summary>
    public YamlMappingNode? Network { get; private set; }

    /// <summary>Our entry of <c>pools</c>.</summary>
    public required YamlMappingNode Pool { get; init; }

    /// <summary>Our entry of <c>kubernetes.platforms</c>.</summary>
    public YamlMappingNode? Platform { get; private set; }

    /// <summary>Our <c>kubernetes.storage</c>.</summary>
    public YamlMappingNode? Storage { get; private set; }

    /// <summary>Our <c>kubernetes.imagePullSecrets</c>.</summary>
    public YamlSequenceNode? PullSecrets { get; private set; }

    /// <summary>Image of its runners, or <c>null</c>.</summary>
    public string? Image { get; private set; }

    /// <summary>What could not be carried over, and what is to be done.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Reads one.</summary>
    /// <param name="source">Name of the file.</param>
    /// <param name="release">Name of the installation, which is the set's where the values give none.</param>
    /// <param name="root">The values.</param>
    /// <exception cref="Jobs.Errors.OperatorException">A value has another form than that chart's.</exception>
    public static ArcSet Read(string source, string release, YamlMappingNode root)
    {
        var values = SourceSection.Of(source, root);
        var written = values.Text("runnerScaleSetName");
        var name = written ?? release;
        var (least, most) = (values.Text("minRunners"), values.Text("maxRunners"));
        var set = new ArcSet
        {
            Name = name,
            Pool = YamlMap.Of(
                ("name", YamlMap.Text(name)),
                ("labels", new YamlSequenceNode(new YamlScalarNode(name))),
                ("mode", YamlMap.Text("scaleset")),
                ("maxJobs", YamlMap.Text(most ?? Unbounded.ToString(CultureInfo.InvariantCulture))),
                ("warm", least is null or "0" ? null : YamlMap.Of(("min", YamlMap.Text(least)))),
                ("runnerGroup", YamlMap.Text(values.Text("runnerGroup"))),
                ("platform", YamlMap.Text(name)))!,
        };
        set.Note(written is null, $"the set is named after the file, as there it is after the release: '{name}' is what runs-on asks for");
        set.Note(least is not (null or "0"), $"minRunners {least}: so many pods wait, set up and without a registration; jobs with containers or services of their own get a new pod");
        set.Note(most is null, $"maxRunners was without bound; maxJobs is {Unbounded}");
        set.ReadGitHub(values);
        set.ReadNetwork(values);
        set.ReadMode(values);
        set.ReadTemplate(values);
        set._notes.AddRange(values.LeftOver().Select(left => $"{left.Place}: {left.Path}: {ArcNotes.Of(left.Path)}"));
        return set;
    }

    private void ReadGitHub(SourceSection values)
    {
        var secret = values.Take("githubConfigSecret");
        var fields = (secret as YamlMappingNode)?.Select(entry => entry.Key.ToString()).ToHashSet() ?? [];
        var name = secret is YamlScalarNode { Value: { } given } ? $"{given}-runner" : "runner-github";
        var isApp = fields.Contains("github_app_id");
        GitHub = YamlMap.Of(
            ("url", YamlMap.Text(values.Text("githubConfigUrl"))), ("secretName", YamlMap.Text(name)), ("auth", isApp ? YamlMap.Text("app") : null));
        _notes.Add(fields.Count > 0
            ? $"the credentials stood in the values and are not copied: make the Secret '{name}' with the key{(isApp ? "s appId, installationId and privateKey" : " token")}"
            : $"the keys of our Secret are token, or appId, installationId and privateKey (then github.auth: app): copy github_token or github_app_… of the old one into a new Secret '{name}'");
    }

    private void ReadNetwork(SourceSection values)
    {
        var proxy = values.Open("proxy");
        var (http, https) = (proxy?.Open("http"), proxy?.Open("https"));
        var credentials = https?.Text("credentialSecretRef") ?? http?.Text("credentialSecretRef");
        Note(credentials is not null, $"Secret '{credentials}' of the proxy: ours has one key, credentials, with user:password");
        var certificate = values.Open("githubServerTLS");
        certificate?.Take("runnerMountPath"); // ours is known to everything in a job
        var authority = certificate?.Open("certificateFrom")?.Open("configMapKeyRef");
        Network = YamlMap.Of(
            ("proxy", YamlMap.Of(
                ("http", YamlMap.Text(http?.Text("url"))),
                ("https", YamlMap.Text(https?.Text("url"))),
                ("noProxy", proxy?.Take("noProxy")),
                ("credentialsSecret", YamlMap.Of(("name", YamlMap.Text(credentials)))))),
            ("ca", YamlMap.Of(("configMap", YamlMap.Text(authority?.Text("name"))), ("key", YamlMap.Text(authority?.Text("key"))))));
    }

    private void ReadMode(SourceSection values)
    {
        var mode = values.Open("containerMode");
        var type = mode?.Text("type");
        Note(
            type == "dind",
            "containerMode dind: services, job containers and container actions need no Docker here; steps that call docker themselves do: see 'Docker for steps in pods' (docs/containers.md)");
        Note(type?.StartsWith("kubernetes", StringComparison.Ordinal) == true, "containerMode kubernetes: jobs run in pods of their own as they are, without hooks, also those without a container");
        if (mode?.Open("kubernetesModeWorkVolumeClaim") is { } claim)
        {
            Storage = YamlMap.Of(("workspace", YamlMap.Of(
                ("type", YamlMap.Text("ephemeral")),
                ("size", YamlMap.Text(claim.Open("resources")?.Open("requests")?.Text("storage"))),
                ("storageClass", YamlMap.Text(claim.Text("storageClassName"))),
                ("accessModes", claim.Take("accessModes")))));
        }
    }

    private void ReadTemplate(SourceSection values)
    {
        var template = values.Open("template");
        var (metadata, spec) = (template?.Open("metadata"), template?.Open("spec"));
        var more = ArcTemplate.Read(spec, RunnerContainer, out var runner);
        _notes.AddRange(more.LeftOut.Select(name => $"'{name}' is left out: the job's folder is kubernetes.storage.workspace, and no Docker runs beside it"));
        Image = runner?.Text("image");
        PullSecrets = spec?.OpenAll("imagePullSecrets") is { Count: > 0 } secrets
            ? new YamlSequenceNode(secrets.Select(secret => secret.Text("name")).OfType<string>().Select(secret => new YamlScalarNode(secret)))
            : null;
        Platform = YamlMap.Of(
            ("image", YamlMap.Text(Image)),
            ("nodeSelector", spec?.Take("nodeSelector")),
            ("tolerations", spec?.Take("tolerations")),
            ("affinity", spec?.Take("affinity")),
            ("topologySpreadConstraints", spec?.Take("topologySpreadConstraints")),
            ("resources", runner?.Take("resources")),
            ("runtimeClass", YamlMap.Text(spec?.Text("runtimeClassName"))),
            ("priority", YamlMap.Text(spec?.Text("priorityClassName"))),
            ("securityContext", spec?.Take("securityContext")),
            ("labels", metadata?.Take("labels")),
            ("annotations", metadata?.Take("annotations")),
            ("env", Variables(runner)),
            ("podTemplate", more.Yaml));
    }

    // Those with ACTIONS_RUNNER_ are settings of GitHub's runner, which does not run here.
    private static YamlMappingNode? Variables(SourceSection? runner)
    {
        var plain = new List<(string, YamlNode?)>();
        foreach (var variable in runner?.OpenAll("env") ?? [])
        {
            if (variable.Text("name") is { } name && variable.Text("value") is { } value && !name.StartsWith("ACTIONS_RUNNER_", StringComparison.Ordinal))
            {
                plain.Add((name, new YamlScalarNode(value) { Style = YamlDotNet.Core.ScalarStyle.DoubleQuoted }));
            }
        }

        return YamlMap.Of(plain);
    }

    private void Note(bool applies, string text)
    {
        if (applies)
        {
            _notes.Add(text);
        }
    }
}

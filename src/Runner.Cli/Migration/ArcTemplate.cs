using YamlDotNet.RepresentationModel;

namespace Runner.Cli.Migration;

/// <summary>What of a runner's pod is kept as a platform's <c>podTemplate</c>: volumes, their mounts, init containers and sidecars. Pure.</summary>
internal sealed class ArcTemplate
{
    // The job's folder, which is a volume of ours by another name.
    private const string TheirWork = "work";
    private const string OurWork = "workspace";

    // Made by that chart, or for what it does: the folder of the job, and Docker beside the runner.
    private static readonly string[] TheirVolumes = [TheirWork, "dind-sock", "dind-externals"];
    private static readonly string[] TheirContainers = ["dind", "init-dind-externals"];

    private readonly List<(string Key, YamlNode? Value)> _kept = [];
    private readonly List<YamlNode> _containers = [];
    private readonly SortedSet<string> _leftOut = new(StringComparer.Ordinal);

    /// <summary>Reads what stands beside the runner's container.</summary>
    /// <param name="spec">The pod's spec, or <c>null</c>.</param>
    /// <param name="runner">Name of the runner's container.</param>
    /// <param name="job">That container, or <c>null</c>: the values have none.</param>
    public static ArcTemplate Read(SourceSection? spec, string runner, out SourceSection? job)
    {
        var template = new ArcTemplate();
        job = null;
        foreach (var (container, node) in spec?.OpenWhole("containers") ?? [])
        {
            if (NameOf(node) == runner)
            {
                job = container;
                container.Take("name");
            }
            else
            {
                template.Keep(container, node, TheirContainers, template._containers);
            }
        }

        template.Keep("volumes", spec, TheirVolumes);
        template.Keep("initContainers", spec, TheirContainers);
        if (job is not null)
        {
            var mounts = template.Kept(job, "volumeMounts", TheirVolumes);
            if (YamlMap.Of(("volumeMounts", mounts), ("securityContext", job.Take("securityContext"))) is { } said)
            {
                said.Children.Insert(0, "name", new YamlScalarNode("job"));
                template._containers.Add(said);
            }
        }

        return template;
    }

    /// <summary>Our <c>podTemplate</c>, or <c>null</c>: nothing of it is to be said.</summary>
    public YamlMappingNode? Yaml => YamlMap.Of(("spec", YamlMap.Of(
        _kept.Append(("containers", _containers.Count == 0 ? null : new YamlSequenceNode(_containers))))));

    /// <summary>Names of what is not needed here.</summary>
    public IReadOnlyCollection<string> LeftOut => _leftOut;

    private void Keep(string key, SourceSection? spec, string[] theirs) => _kept.Add((key, spec is null ? null : Kept(spec, key, theirs)));

    private YamlSequenceNode? Kept(SourceSection section, string key, string[] theirs)
    {
        var kept = new List<YamlNode>();
        foreach (var (element, node) in section.OpenWhole(key))
        {
            Keep(element, node, theirs, kept);
        }

        return kept.Count == 0 ? null : new YamlSequenceNode(kept);
    }

    private void Keep(SourceSection element, YamlMappingNode node, string[] theirs, List<YamlNode> kept)
    {
        element.Forget();
        if (NameOf(node) is { } name && theirs.Contains(name, StringComparer.Ordinal))
        {
            _leftOut.Add(name);
        }
        else
        {
            Rename(node);
            kept.Add(node);
        }
    }

    private static void Rename(YamlMappingNode container)
    {
        foreach (var mount in (container.Children.TryGetValue("volumeMounts", out var mounts) ? mounts as YamlSequenceNode : null)?.OfType<YamlMappingNode>() ?? [])
        {
            if (NameOf(mount) == TheirWork)
            {
                mount.Children["name"] = new YamlScalarNode(OurWork);
            }
        }
    }

    private static string? NameOf(YamlMappingNode node) => node.Children.TryGetValue("name", out var name) ? (name as YamlScalarNode)?.Value : null;
}

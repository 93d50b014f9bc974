using Runner.Jobs.Errors;
using YamlDotNet.RepresentationModel;

namespace Runner.Cli.Migration;

/// <summary>Makes values of our chart of those of actions-runner-controller: one installation of ours for any number of its scale sets. Pure.</summary>
internal static class ArcConversion
{
    /// <summary>The values as text, what could not be carried over in comments before them.</summary>
    /// <exception cref="OperatorException">The sets belong to different GitHubs.</exception>
    public static string Convert(IReadOnlyList<ArcSet> sets)
    {
        if (sets.GroupBy(set => set.Name).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw new OperatorException($"two of the files make a scale set '{same.Key}': name each by runnerScaleSetName");
        }

        var image = sets.Select(set => set.Image).FirstOrDefault(image => image is not null);
        var values = YamlMap.Of(
            ("github", One(sets, "githubConfigUrl or githubConfigSecret", set => set.GitHub)),
            ("network", One(sets, "proxy or githubServerTLS", set => set.Network)),
            ("pools", new YamlSequenceNode(sets.Select(set => set.Pool))),
            ("kubernetes", YamlMap.Of(
                ("defaultImage", YamlMap.Text(image ?? "debian:12")),
                ("imagePullSecrets", Secrets(sets)),
                ("storage", One(sets, "containerMode.kubernetesModeWorkVolumeClaim", set => set.Storage)),
                ("platforms", YamlMap.Of(sets.Select(set => (set.Name, (YamlNode?)WithImage(set.Platform, image ?? "debian:12"))))))))
            ?? throw new InvalidOperationException("there always is a pool");
        var notes = sets.SelectMany(set => set.Notes.Select(note => sets.Count > 1 ? $"{set.Name}: {note}" : note)).Distinct();
        return string.Concat(notes.Select(note => $"# {note}\n")) + YamlMap.Print(values);
    }

    // Our platforms all say their image.
    private static YamlMappingNode WithImage(YamlMappingNode? platform, string image)
    {
        var whole = platform ?? [];
        if (!whole.Children.ContainsKey("image"))
        {
            whole.Add("image", image);
        }

        return whole;
    }

    private static YamlSequenceNode? Secrets(IEnumerable<ArcSet> sets)
    {
        var names = sets.SelectMany(set => set.PullSecrets ?? []).Select(secret => secret.ToString()).Distinct().ToList();
        return names.Count == 0 ? null : new YamlSequenceNode(names.Select(name => new YamlScalarNode(name)));
    }

    private static YamlMappingNode? One(IReadOnlyList<ArcSet> sets, string what, Func<ArcSet, YamlMappingNode?> part)
    {
        var first = sets[0];
        var other = sets.FirstOrDefault(set => !Equals(part(set)?.ToString(), part(first)?.ToString()));
        return other is null
            ? part(first)
            : throw new OperatorException($"'{first.Name}' and '{other.Name}' have different {what}: one installation has one of it, so convert them apart");
    }
}

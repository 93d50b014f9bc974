using System.Collections.Immutable;
using Runner.Agent.Configuration;
using Runner.Cli.CommandLine;
using Runner.Kubernetes.Options;

namespace Runner.Cli.Settings;

/// <summary>One <c>-P</c>: what a label of <c>runs-on</c> stands for (<c>docs/placement.md</c>).</summary>
/// <param name="Label">The label.</param>
/// <param name="Image">The image; <c>null</c>: this machine (<c>-self-hosted</c>).</param>
/// <param name="NodeSelector">Labels that a node must have; of <c>k8s:</c> only.</param>
internal sealed record PlatformFlag(string Label, string? Image, ImmutableArray<KeyValuePair<string, string>> NodeSelector)
{
    private const string ThisMachine = "-self-hosted";
    private const string Kubernetes = "k8s:";

    /// <summary>Reads <c>label=image</c>, <c>label=k8s:image:key=value,…</c> or <c>label=-self-hosted</c>.</summary>
    /// <exception cref="UsageException">It is none of them.</exception>
    public static PlatformFlag Parse(string text)
    {
        if (text.Split('=', 2) is not [{ Length: > 0 } label, { Length: > 0 } target])
        {
            throw new UsageException($"--platform: '{text}' has no image, expected LABEL=IMAGE, LABEL=k8s:IMAGE:KEY=VALUE or LABEL={ThisMachine}");
        }

        if (target == ThisMachine)
        {
            return new PlatformFlag(label, Image: null, []);
        }

        return target.StartsWith(Kubernetes, StringComparison.Ordinal) ? ParsePod(label, target[Kubernetes.Length..]) : new PlatformFlag(label, target, []);
    }

    /// <summary>The settings that it stands for.</summary>
    public IEnumerable<ConfigOverride> ToOverrides()
    {
        if (Image is null)
        {
            yield break; // which backend a job goes to is no setting of any of them
        }

        yield return new ConfigOverride(["docker", "platforms", Label], Image, "flag --platform");
        yield return new ConfigOverride(["kubernetes", "platforms", Label, "image"], Image, "flag --platform");
        foreach (var (key, value) in NodeSelector)
        {
            yield return new ConfigOverride(["kubernetes", "platforms", Label, "nodeSelector", key], value, "flag --platform");
        }
    }

    // An image may hold ':' (a registry's port, a tag) and '@': the selector is the last part, and only if it holds '='.
    private static PlatformFlag ParsePod(string label, string target)
    {
        var colon = target.LastIndexOf(':');
        if (colon < 0 || !target[(colon + 1)..].Contains('=', StringComparison.Ordinal))
        {
            return new PlatformFlag(label, target, []);
        }

        var pairs = target[(colon + 1)..].Split(',').Select(pair => LabelRules.TrySplit(pair, out var key, out var value)
            ? KeyValuePair.Create(key, value)
            : throw new UsageException(
                $"--platform: '{pair}' is no label of a node, expected KEY=VALUE: a key is {LabelRules.KeyRule}, a value {LabelRules.ValueRule}"));
        return new PlatformFlag(label, target[..colon], [.. pairs]);
    }
}

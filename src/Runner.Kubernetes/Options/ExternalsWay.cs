namespace Runner.Kubernetes.Options;

/// <summary>The values of <see cref="KubernetesOptions.Externals"/>.</summary>
internal static class ExternalsWay
{
    /// <summary>Copied into each pod that may need it.</summary>
    public const string Copy = "copy";

    /// <summary>Mounted from the runner image.</summary>
    public const string Image = "image";

    /// <summary>Copied once to the tool cache.</summary>
    public const string ToolCache = "toolCache";

    /// <summary>Left out: what the job's image has counts.</summary>
    public const string None = "none";

    /// <summary>All of them.</summary>
    public static string[] All { get; } = [Copy, Image, ToolCache, None];
}

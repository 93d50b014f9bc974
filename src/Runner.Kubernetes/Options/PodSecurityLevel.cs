namespace Runner.Kubernetes.Options;

/// <summary>The levels of Kubernetes' Pod Security Standards, each narrower than the one before.</summary>
internal enum PodSecurityLevel
{
    /// <summary>No bounds.</summary>
    Privileged,

    /// <summary>Nothing by which a container is known to get at its node.</summary>
    Baseline,

    /// <summary>Beside that: no root, no capabilities, no way to gain any.</summary>
    Restricted,
}

/// <summary>The levels as settings and people write them.</summary>
internal static class PodSecurityLevels
{
    /// <summary>The names, the widest level first.</summary>
    public static string[] Names { get; } = ["privileged", "baseline", "restricted"];

    /// <summary>Reads a name that passed the validation of the settings; any other counts as the narrowest level.</summary>
    public static PodSecurityLevel Parse(string name) => Array.IndexOf(Names, name) switch
    {
        0 => PodSecurityLevel.Privileged,
        1 => PodSecurityLevel.Baseline,
        _ => PodSecurityLevel.Restricted,
    };

    /// <summary>The level as it is written.</summary>
    public static string NameOf(this PodSecurityLevel level) => Names[(int)level];
}

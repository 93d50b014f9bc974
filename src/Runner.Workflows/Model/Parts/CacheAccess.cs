using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary>What a job may do with the caches of Actions (GitHub's <c>cache-mode</c>).</summary>
[Flags]
public enum CacheAccess
{
    /// <summary><c>none</c>.</summary>
    None = 0,

    /// <summary><c>read</c>: it restores caches.</summary>
    Restore = 1,

    /// <summary><c>write-only</c>: it saves caches.</summary>
    Save = 2,

    /// <summary><c>write</c>: both.</summary>
    Full = Restore | Save,
}

/// <summary><see cref="CacheAccess"/> as workflows write it.</summary>
public static class CacheModes
{
    /// <summary>Such as <c>write-only</c>.</summary>
    public static string ToText(this CacheAccess access) => access switch
    {
        CacheAccess.Full => "write",
        CacheAccess.Save => "write-only",
        CacheAccess.Restore => "read",
        _ => "none",
    };

    internal static CacheAccess? Read(TemplateToken? token) => token?.ToString() switch
    {
        "write" => CacheAccess.Full,
        "write-only" => CacheAccess.Save,
        "read" => CacheAccess.Restore,
        "none" => CacheAccess.None,
        _ => null,
    };
}

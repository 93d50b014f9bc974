namespace Runner.Workflows.Support;

/// <summary>How far a key of a workflow or action file does here what it does on GitHub.</summary>
internal enum SupportLevel
{
    /// <summary>It does what GitHub's documentation says.</summary>
    Supported,

    /// <summary>Local runs do something that stands for it; with jobs from GitHub, GitHub's service does the rest.</summary>
    Emulated,

    /// <summary>It does nothing, or what uses it fails; a message says so.</summary>
    Refused,
}

/// <summary>What becomes of one key.</summary>
/// <param name="Path">Keys from the top of the file, parted by dots; <c>*</c> is a name that the author chooses, or any key that is not in the table itself.</param>
/// <param name="Level">How far it is supported.</param>
/// <param name="Note">
/// Half a sentence. For a key that is not <see cref="SupportLevel.Supported"/> it is what the author is told, never empty; for any other it is
/// for the documentation only, and may be empty.
/// </param>
internal sealed record KeySupport(string Path, SupportLevel Level, string Note)
{
    /// <summary>A key that works, as GitHub documents it.</summary>
    public static KeySupport Supported(string path, string note = "") => new(path, SupportLevel.Supported, note);

    /// <summary>A key for which local runs do something else.</summary>
    public static KeySupport Emulated(string path, string note) => new(path, SupportLevel.Emulated, note);

    /// <summary>A key that has no effect, or makes what uses it fail.</summary>
    public static KeySupport Refused(string path, string note) => new(path, SupportLevel.Refused, note);
}

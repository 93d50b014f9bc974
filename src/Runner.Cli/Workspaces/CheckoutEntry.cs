namespace Runner.Cli.Workspaces;

/// <summary>One thing of a job's copy of a checkout.</summary>
/// <param name="Path">Where it stands in the copy: relative, with slashes.</param>
internal abstract record CheckoutEntry(string Path);

/// <summary>A folder, empty or not.</summary>
/// <param name="Path">Where.</param>
/// <param name="Source">The folder whose mode and time it has.</param>
internal sealed record FolderEntry(string Path, string Source) : CheckoutEntry(Path);

/// <summary>A file that is copied.</summary>
/// <param name="Path">Where.</param>
/// <param name="Source">From where, absolute.</param>
internal sealed record FileEntry(string Path, string Source) : CheckoutEntry(Path);

/// <summary>A small file that is another one in the copy than in the checkout; everybody may read it.</summary>
/// <param name="Path">Where.</param>
/// <param name="Content">What is in it.</param>
internal sealed record MadeEntry(string Path, byte[] Content) : CheckoutEntry(Path)
{
    /// <summary>Its mode.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
}

/// <summary>A symbolic link, as it is: what is behind it is not looked at.</summary>
/// <param name="Path">Where.</param>
/// <param name="Target">Where it leads to, as written.</param>
internal sealed record LinkEntry(string Path, string Target) : CheckoutEntry(Path);

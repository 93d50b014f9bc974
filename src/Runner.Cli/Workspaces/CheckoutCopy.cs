namespace Runner.Cli.Workspaces;

/// <summary>Makes the copy of a checkout in a folder of this machine.</summary>
internal static class CheckoutCopy
{
    /// <summary>Makes it.</summary>
    /// <param name="tree">What is in it.</param>
    /// <param name="target">Where to; made here.</param>
    /// <param name="cancellationToken">Stops copying.</param>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor for want of a right.</exception>
    public static void Make(CheckoutTree tree, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in tree.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Make(entry, Path.Combine(target, entry.Path));
        }

        // Last, and from the inside: a folder may be read-only.
        foreach (var folder in tree.Entries.OfType<FolderEntry>().Reverse().Where(folder => Directory.Exists(folder.Source)))
        {
            SetMode(Path.Combine(target, folder.Path), OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(folder.Source));
        }
    }

    private static void Make(CheckoutEntry entry, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? string.Empty);
        switch (entry)
        {
            case FolderEntry:
                Directory.CreateDirectory(target);
                break;
            case FileEntry file:
                Copy(file.Source, target);
                break;
            case MadeEntry made:
                File.WriteAllBytes(target, made.Content);
                SetMode(target, MadeEntry.Mode);
                break;
            case LinkEntry link:
                File.CreateSymbolicLink(target, link.Target);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(entry), entry, "no known kind");
        }
    }

    private static void Copy(string source, string target)
    {
        try
        {
            File.Copy(source, target, overwrite: true);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException && !File.Exists(source))
        {
            return; // since it was listed, as git's own temporary ones are
        }
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}

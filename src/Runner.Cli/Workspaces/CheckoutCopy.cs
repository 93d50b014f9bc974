namespace Runner.Cli.Workspaces;

/// <summary>Copies a checkout for a job.</summary>
internal static class CheckoutCopy
{
    /// <summary>Copies its <see cref="CheckoutFiles"/>.</summary>
    /// <param name="folder">The checkout.</param>
    /// <param name="target">Where to; made here.</param>
    /// <param name="cancellationToken">Stops copying.</param>
    public static async Task MakeAsync(string folder, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        foreach (var file in await CheckoutFiles.ListAsync(folder, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            CopyFile(Path.Combine(folder, file), Path.Combine(target, file));
        }
    }

    private static void CopyFile(string source, string target)
    {
        var file = new FileInfo(source);
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? string.Empty);
        if (file.LinkTarget is { } link)
        {
            File.CreateSymbolicLink(target, link);
        }
        else
        {
            file.CopyTo(target, overwrite: true);
        }
    }
}

namespace Runner.Cli.Workspaces;

/// <summary>The checkout that jobs get copies of, with what is to be in them.</summary>
/// <param name="folder">The checkout.</param>
/// <param name="withIgnored">Whether what is ignored is in the copies, too.</param>
/// <param name="output">Takes what a user should know of them: each thing once, however many jobs get one.</param>
internal sealed class CheckoutSource(string folder, bool withIgnored, TextWriter output)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Where it is.</summary>
    public string Folder => folder;

    /// <summary>Looks at it as it is now.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor for want of a right.</exception>
    public async Task<CheckoutTree> ReadAsync(CancellationToken cancellationToken)
    {
        var tree = await CheckoutTree.ReadAsync(folder, withIgnored, cancellationToken);
        lock (_told)
        {
            foreach (var note in tree.Notes.Where(_told.Add))
            {
                output.WriteLine($"runner: {note}");
            }
        }

        return tree;
    }
}

using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Agent.Journal;

/// <summary>Notes of the agents of one machine, a file each.</summary>
internal sealed class FolderNotes(string folder) : IAgentNotes
{
    private const string FileEnd = ".note";

    /// <inheritdoc/>
    public async Task KeepAsync(string name, string text, CancellationToken cancellationToken)
    {
        try
        {
            PrivateFolder.Make(Path.GetDirectoryName(folder) ?? folder); // the journal's, which it would not use if others could look into it
            PrivateFolder.Make(folder);
            var file = Path.Combine(folder, name + FileEnd);
            var next = $"{file}.{Guid.NewGuid():N}.new";
            await File.WriteAllTextAsync(next, text, cancellationToken);
            File.Move(next, file, overwrite: true); // a reader sees the one or the other
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"'{folder}' cannot be written: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> ListAsync(CancellationToken cancellationToken)
    {
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + FileEnd) : [])
            {
                if (await ReadAsync(file, cancellationToken) is { } text)
                {
                    notes[Path.GetFileNameWithoutExtension(file)] = text;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"'{folder}' cannot be read: {error.Message}", error);
        }

        return notes;
    }

    /// <inheritdoc/>
    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                File.Delete(Path.Combine(folder, name + FileEnd));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"'{folder}' cannot be written: {error.Message}", error);
        }

        return Task.CompletedTask;
    }

    private static async Task<string?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return null; // removed since it was listed
        }
    }
}

namespace Runner.Testing;

/// <summary>A folder of the test's own, removed at its end.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Absolute path.</summary>
    public string FullPath { get; } = Directory.CreateTempSubdirectory("runner-test-").FullName;

    /// <summary>A path inside.</summary>
    public string this[string relative] => Path.Combine(FullPath, relative);

    /// <summary>Writes an executable shell script and gives its path.</summary>
    public string Script(string name, string text)
    {
        var path = this[name];
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}

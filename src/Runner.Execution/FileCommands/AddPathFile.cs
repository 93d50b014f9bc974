using Runner.Execution.Files;
using Runner.Execution.Scopes;

namespace Runner.Execution.FileCommands;

/// <summary><c>GITHUB_PATH</c>: a folder a line, put in front of PATH for the later steps.</summary>
internal sealed class AddPathFile : IFileCommand
{
    /// <inheritdoc/>
    public string Name => "path";

    /// <inheritdoc/>
    public string FilePrefix => "add_path_";

    /// <inheritdoc/>
    public bool IsFolderNothing => true;

    /// <inheritdoc/>
    public void Run(string file, StepScope step)
    {
        foreach (var line in RegularFile.ReadLines(file, KeyValueFile.MaxBytes))
        {
            if (line.Length > 0)
            {
                step.AddPath(line);
            }
        }
    }
}

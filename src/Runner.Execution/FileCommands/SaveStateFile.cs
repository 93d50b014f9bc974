using Runner.Execution.Scopes;

namespace Runner.Execution.FileCommands;

/// <summary><c>GITHUB_STATE</c>: what an action keeps for its post stage.</summary>
internal sealed class SaveStateFile : IFileCommand
{
    /// <inheritdoc/>
    public string Name => "state";

    /// <inheritdoc/>
    public string FilePrefix => "save_state_";

    /// <inheritdoc/>
    public bool IsFolderNothing => false;

    /// <inheritdoc/>
    public void Run(string file, StepScope step)
    {
        foreach (var (name, value) in KeyValueFile.ReadFile(file))
        {
            step.SaveState(name, value);
        }
    }
}

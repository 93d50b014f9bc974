using Runner.Execution.Scopes;

namespace Runner.Execution.FileCommands;

/// <summary><c>GITHUB_ENV</c>: variables of the later steps.</summary>
internal sealed class SetEnvFile : IFileCommand
{
    /// <inheritdoc/>
    public string Name => "env";

    /// <inheritdoc/>
    public string FilePrefix => "set_env_";

    /// <inheritdoc/>
    public bool IsFolderNothing => false;

    /// <inheritdoc/>
    public void Run(string file, StepScope step)
    {
        foreach (var (name, value) in KeyValueFile.ReadFile(file))
        {
            step.SetEnvironment(name, value);
        }
    }
}

using Runner.Execution.Scopes;

namespace Runner.Execution.FileCommands;

/// <summary><c>GITHUB_OUTPUT</c>: outputs of the step.</summary>
internal sealed class SetOutputFile : IFileCommand
{
    /// <inheritdoc/>
    public string Name => "output";

    /// <inheritdoc/>
    public string FilePrefix => "set_output_";

    /// <inheritdoc/>
    public bool IsFolderNothing => false;

    /// <inheritdoc/>
    public void Run(string file, StepScope step)
    {
        foreach (var (name, value) in KeyValueFile.ReadFile(file))
        {
            step.SetOutput(name, value);
        }
    }
}

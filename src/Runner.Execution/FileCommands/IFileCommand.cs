using Runner.Execution.Steps;

namespace Runner.Execution.FileCommands;

/// <summary>A file that a step writes to tell the runner something.</summary>
internal interface IFileCommand
{
    /// <summary>Name in the <c>github</c> context; in capitals behind <c>GITHUB_</c> it is the variable.</summary>
    string Name { get; }

    /// <summary>Start of the file's name.</summary>
    string FilePrefix { get; }

    /// <summary>Does what the file says. Not called for an empty file.</summary>
    /// <exception cref="FileCommandException">The file does not say what it must.</exception>
    void Run(string file, StepScope step);
}

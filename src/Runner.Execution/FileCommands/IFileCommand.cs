using Runner.Execution.Scopes;

namespace Runner.Execution.FileCommands;

/// <summary>A file that a step writes to tell the runner something.</summary>
internal interface IFileCommand
{
    /// <summary>Name in the <c>github</c> context; in capitals behind <c>GITHUB_</c> it is the variable.</summary>
    string Name { get; }

    /// <summary>Start of the file's name.</summary>
    string FilePrefix { get; }

    /// <summary>Whether a folder in the file's place counts as no file at all, as GitHub's runner takes it for some; else it fails the step.</summary>
    bool IsFolderNothing { get; }

    /// <summary>Does what the file says. Not called for an empty file. It may be anything that a step put there (<see cref="Files.RegularFile"/>).</summary>
    /// <exception cref="FileCommandException">The file does not say what it must.</exception>
    /// <exception cref="Runner.Jobs.Errors.WorkflowException">What it says cannot be done.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    void Run(string file, StepScope step);
}

using Runner.Execution.Files;
using Runner.Execution.Scopes;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;

namespace Runner.Execution.FileCommands;

/// <summary>The command files of one step: made before it, read after it, also when it failed.</summary>
internal sealed class StepFiles
{
    private static readonly IFileCommand[] Commands =
    [
        new AddPathFile(),
        new SetEnvFile(),
        new SetOutputFile(),
        new SaveStateFile(),
        new StepSummaryFile(),
    ];

    private readonly (IFileCommand Command, string Path)[] _files;
    private readonly KeyValuePair<string, string>[] _given;
    private readonly SpareFiles _spare;

    private StepFiles((IFileCommand, string)[] files, KeyValuePair<string, string>[] given, SpareFiles spare)
    {
        _files = files;
        _given = given;
        _spare = spare;
    }

    /// <summary>
    /// Variables' last parts and paths: <c>env</c>, <c>path</c>, <c>output</c>, <c>state</c>, <c>step_summary</c>, and <c>artifacts</c> and
    /// <c>artifacts_list</c> where the job may declare some.
    /// </summary>
    public IEnumerable<KeyValuePair<string, string>> Paths => _files.Select(file => KeyValuePair.Create(file.Command.Name, file.Path)).Concat(_given);

    /// <summary>Makes the empty files, with names that no earlier step knew.</summary>
    /// <param name="temp">The job's folder for temporary files.</param>
    /// <param name="spare">Files of earlier steps.</param>
    /// <param name="artifacts">What the job's steps declared as built, or <c>null</c>: they cannot declare anything.</param>
    /// <exception cref="InfrastructureException">They cannot be made.</exception>
    public static StepFiles Create(string temp, SpareFiles spare, JobArtifacts? artifacts)
    {
        var folder = Path.Combine(temp, TempFolders.FileCommands);
        try
        {
            return CreateIn(folder, spare, artifacts);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The runner cannot make the step's command files in '{folder}': {error.Message}", error);
        }
    }

    /// <summary>Does what the files say. What cannot be read fails the step and leaves the others their turn.</summary>
    public void Run(StepScope step)
    {
        foreach (var (command, path) in _files)
        {
            var state = FileState.At(path);
            if (state.Kind == FileKind.Missing || (state.Kind == FileKind.Folder && command.IsFolderNothing))
            {
                continue;
            }

            if (state is { Kind: FileKind.Regular, Length: 0 })
            {
                _spare.Offer(path);
                continue;
            }

            try
            {
                command.Run(path, step);
            }
            catch (FileNotFoundException)
            {
                step.Log.Debug($"File does not exist '{path}'"); // a link to nothing
            }
            catch (Exception error) when (error is FileCommandException or WorkflowException or IOException or UnauthorizedAccessException)
            {
                step.Log.Error($"Unable to process file command '{command.Name}' successfully.");
                step.Log.Error(error.Message);
                step.FailByCommand();
            }
        }
    }

    private static StepFiles CreateIn(string folder, SpareFiles spare, JobArtifacts? artifacts)
    {
        Directory.CreateDirectory(folder);
        var suffix = Guid.NewGuid().ToString("D");
        var commands = artifacts is null ? Commands : [.. Commands, new ArtifactsFile(artifacts)];
        return new StepFiles(
            [.. commands.Select(command => (command, spare.Make(Path.Combine(folder, command.FilePrefix + suffix))))],
            artifacts is not null ? [artifacts.WriteList(Path.Combine(folder, $"artifacts_list_{suffix}"))] : [],
            spare);
    }
}

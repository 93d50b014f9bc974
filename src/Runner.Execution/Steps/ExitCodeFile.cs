using System.Globalization;
using Runner.Execution.Files;
using Runner.Execution.Processes;
using Runner.Jobs.Launch;

namespace Runner.Execution.Steps;

/// <summary>
/// The steps' exit codes on disk, each written before anybody is told of it: whoever has to find out how a job ended after its worker died, reads these
/// and not a stream. One line per process that a step ran, <c>NUMBER CODE</c>; a line without its end was never written.
/// </summary>
internal sealed class ExitCodeFile(WorkPaths paths)
{
    // Steps in the background end at the same time.
    private readonly Lock _writing = new();
    private bool _hasToldOfDisk;

    /// <summary>Where the codes are.</summary>
    public static string PathOf(WorkPaths paths) => Path.Combine(paths.Spool, "exit-codes");

    /// <summary>Adds the code of a step. A disk that does not take it costs the code, not the step: the log says so, once for the job.</summary>
    public void Note(StepRun run, ProcessExit exit)
    {
        lock (_writing)
        {
            try
            {
                Add(PathOf(paths), string.Create(CultureInfo.InvariantCulture, $"{run.Task.Number} {exit.Code}\n"));
            }
            catch (Exception error) when ((error is IOException or UnauthorizedAccessException) && !_hasToldOfDisk)
            {
                _hasToldOfDisk = true;
                run.Scope.Log.Warning($"The runner cannot write to its own disk: {error.Message}. The result of the step is not affected, its log may be incomplete.");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The log says it already.
            }
        }
    }

    // A step may have put a pipe there, which nobody reads: it is replaced, not waited for.
    private static void Add(string file, string line)
    {
        switch (FileState.At(file).Kind)
        {
            case FileKind.Regular:
                break;
            case FileKind.Missing:
                Directory.CreateDirectory(Path.GetDirectoryName(file) ?? "/");
                break;
            default:
                File.Delete(file);
                break;
        }

        File.AppendAllText(file, line);
    }
}

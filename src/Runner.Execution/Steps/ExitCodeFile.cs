using System.Globalization;
using Runner.Execution.Processes;
using Runner.Jobs.Launch;

namespace Runner.Execution.Steps;

/// <summary>
/// The steps' exit codes on disk, each written before anybody is told of it: whoever has to find out how a job ended after its worker died, reads these
/// and not a stream. One line per process that a step ran, <c>NUMBER CODE</c>; a line without its end was never written.
/// </summary>
internal static class ExitCodeFile
{
    // Steps in the background end at the same time.
    private static readonly Lock Writing = new();

    /// <summary>Where the codes are.</summary>
    public static string PathOf(WorkPaths paths) => Path.Combine(paths.Spool, "exit-codes");

    /// <summary>Adds the code of a step.</summary>
    public static void Write(WorkPaths paths, int number, ProcessExit exit)
    {
        Directory.CreateDirectory(paths.Spool);
        lock (Writing)
        {
            File.AppendAllText(PathOf(paths), string.Create(CultureInfo.InvariantCulture, $"{number} {exit.Code}\n"));
        }
    }
}

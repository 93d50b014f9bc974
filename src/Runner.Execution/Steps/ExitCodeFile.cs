using System.Globalization;
using Runner.Execution.Processes;
using Runner.Jobs.Launch;

namespace Runner.Execution.Steps;

/// <summary>
/// A step's exit code on disk, written before anybody is told of it: whoever has to find out how a job ended after its worker died, reads these and
/// not a stream.
/// </summary>
internal static class ExitCodeFile
{
    /// <summary>Where the code of a step is.</summary>
    public static string PathOf(WorkPaths paths, int number) =>
        Path.Combine(paths.Spool, "steps", number.ToString(CultureInfo.InvariantCulture) + ".exit");

    /// <summary>Writes the code. A half-written file cannot be seen.</summary>
    public static void Write(WorkPaths paths, int number, ProcessExit exit)
    {
        var path = PathOf(paths, number);
        var draft = path + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? paths.Spool);
        File.WriteAllText(draft, exit.Code.ToString(CultureInfo.InvariantCulture) + "\n");
        File.Move(draft, path, overwrite: true);
    }
}

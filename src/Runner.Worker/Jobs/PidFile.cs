using System.Globalization;

namespace Runner.Worker.Jobs;

/// <summary>Where the running worker notes its process id, for <c>runner-worker cancel</c>.</summary>
internal static class PidFile
{
    /// <summary>The spool of a job pod.</summary>
    public const string DefaultFolder = "/runner/spool";

    private const string FileName = "worker.pid";

    /// <summary>Notes this process.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, FileName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The id that was noted, or <c>null</c> where there is none.</summary>
    public static int? Read(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, FileName));
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process > 0 ? process : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

using Runner.Worker.Hosting;
using Runner.Worker.Native;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker signal --name INT|TERM|KILL</c>: sends a signal to the first process of the container that it is run in. A container that
/// shares the processes of another one has no process 1 of its own; what belongs to it shows by its control groups.
/// </summary>
internal static class SignalCommand
{
    private static readonly Dictionary<string, int> Numbers = new(StringComparer.Ordinal) { ["INT"] = 2, ["TERM"] = 15, ["KILL"] = 9 };

    /// <summary>Runs it; gives the exit code: 69 where there is no such process, or it may not be sent signals.</summary>
    /// <param name="signal">Name of the signal, without <c>SIG</c>.</param>
    /// <param name="error">Where to say why not.</param>
    /// <param name="processes">The folder <c>/proc</c>.</param>
    /// <exception cref="UsageException">The signal is not one of those.</exception>
    public static int Run(string signal, TextWriter error, string processes = "/proc")
    {
        if (!Numbers.TryGetValue(signal, out var number))
        {
            throw new UsageException($"--name must be {string.Join(", ", Numbers.Keys)}, not '{signal}'");
        }

        if (FindFirst(processes, Environment.ProcessId) is not { } process)
        {
            error.WriteLine("runner-worker: no other process runs in this container");
            return ExitCodes.Infrastructure;
        }

        if (Libc.Kill(process, number) != 0)
        {
            error.WriteLine($"runner-worker: process {process} may not be sent SIG{signal}, or has ended");
            return ExitCodes.Infrastructure;
        }

        return ExitCodes.Ok;
    }

    /// <summary>The process of a process's container that started first, itself aside; <c>null</c>: it is alone.</summary>
    internal static int? FindFirst(string processes, int self)
    {
        var mine = Read(processes, self, "cgroup");
        return Directory.EnumerateDirectories(processes)
            .Select(Path.GetFileName)
            .Select(name => int.TryParse(name, out var id) ? id : 0)
            .Where(id => id > 0 && id != self && Read(processes, id, "cgroup") == mine)
            .Select(id => (Id: (int?)id, Start: StartOf(Read(processes, id, "stat"))))
            .OrderBy(process => process.Start)
            .ThenBy(process => process.Id)
            .FirstOrDefault()
            .Id;
    }

    // Field 22; the second, the name in brackets, may hold anything (proc(5)).
    private static ulong StartOf(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && ulong.TryParse(fields[19], out var start) ? start : ulong.MaxValue;
    }

    private static string Read(string processes, int process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processes, $"{process}", file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // it has ended meanwhile
        }
    }
}

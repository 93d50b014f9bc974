using System.Globalization;
using System.Text;
using Runner.Execution.Hosting;
using Runner.Execution.Scopes;

namespace Runner.Execution.Steps;

/// <summary>Holds a job at its first step that failed, with a shell laid out in the step's environment, until somebody lets it go on, it is cancelled, or the time is over.</summary>
internal sealed class StepHold(JobScope job, JobCancellation cancellation)
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private bool _isOver;

    /// <summary>Waits, where the job is to be held.</summary>
    public async Task WaitAsync(StepRun run)
    {
        if (job.Payload.Hold is not { } hold || _isOver || (hold.OnlyDebugging && !job.IsDebug) || cancellation.Reason is not null)
        {
            return;
        }

        _isOver = true;
        var folder = Path.Combine(job.Paths.Temp, "_hold");
        var shell = Path.Combine(folder, "shell");
        var release = Path.Combine(folder, "release");
        try
        {
            Write(run, folder, shell, release);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            run.Scope.Log.Warning($"The job is not held, as its folder {folder} cannot be written: {error.Message}");
            return;
        }

        var began = job.Host.Time.GetTimestamp();
        var until = job.Host.Time.GetUtcNow() + hold.Time;
        run.Scope.Log.Write(string.Create(CultureInfo.InvariantCulture, $"The step failed, and the job is held until {until:yyyy-MM-dd HH:mm:ss} UTC, for somebody to look at it. Enter it with"));
        run.Scope.Log.Write($"  {hold.Enter}{(hold.Enter.Length > 0 ? " " : string.Empty)}{shell}");
        run.Scope.Log.Write("There, 'release' lets it go on. To cancel the job does, too.");
        while (!File.Exists(release) && !cancellation.Requested.IsCancellationRequested && job.Host.Time.GetElapsedTime(began) < hold.Time)
        {
            await Task.Delay(Look, job.Host.Time, cancellation.Requested).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var minutes = job.Host.Time.GetElapsedTime(began).TotalMinutes;
        run.Scope.Log.Write(File.Exists(release)
            ? string.Create(CultureInfo.InvariantCulture, $"The job was released after {minutes:0} min.")
            : string.Create(CultureInfo.InvariantCulture, $"The job was held for {minutes:0} min, and goes on."));
    }

    private void Write(StepRun run, string folder, string shell, string release)
    {
        Directory.CreateDirectory(folder);
        File.Delete(release);
        var variables = StepEnvironment.Of(run, StepKind.Script, new Dictionary<string, string>());
        var (shown, hidden) = (new StringBuilder(), new List<string>());
        foreach (var (name, value) in variables.Where(variable => IsName(variable.Key)).OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (job.Masker.MaskText(value) == value)
            {
                shown.Append(CultureInfo.InvariantCulture, $"export {name}={Quote(value)}\n");
            }
            else
            {
                hidden.Add(name); // a later step may read this file
            }
        }

        var settings = Path.Combine(folder, "environment");
        File.WriteAllText(settings, $$"""
            {{shown}}release() { : > {{Quote(release)}} && echo 'The job goes on.'; }
            echo {{Quote($"This is the job at its step '{job.Masker.MaskText(run.Task.Name)}', which failed. 'release' lets the job go on.")}}
            {{(hidden.Count == 0 ? string.Empty : $"echo {Quote($"Left out, as they hold secrets: {string.Join(' ', hidden)}")}")}}

            """);
        var unfinished = shell + ".part";
        File.WriteAllText(unfinished, $"""
            #!/bin/sh
            cd {Quote(job.Paths.Workspace)} || exit
            if command -v bash >/dev/null 2>&1; then exec bash --noprofile --rcfile {Quote(settings)} -i; fi
            ENV={Quote(settings)} exec sh -i

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(unfinished, Executable);
        }

        File.Move(unfinished, shell, overwrite: true);
    }

    private static bool IsName(string name) => !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Runner.Execution.Hosting;
using Runner.Execution.Scopes;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;

namespace Runner.Execution.Steps;

/// <summary>Holds a job at its first step that failed, with a shell laid out in the step's environment, until somebody lets it go on, it is cancelled, or the time is over.</summary>
/// <remarks>
/// The shell's folder is there as long as the job is held. Nobody can know its name before, and nobody but the worker's user can look into it: temporary folders are
/// shared with containers of other users.
/// </remarks>
internal sealed class StepHold(JobScope job, JobCancellation cancellation)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false); // what is no text is replaced, as for the step itself
    private static readonly string[] CommandFiles = ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"];
    private static readonly string[] OfTheShell = ["PWD", "OLDPWD", "SHLVL", "_"];

    private bool _isOver;

    /// <summary>Waits, where the job is to be held.</summary>
    public async Task WaitAsync(StepRun run)
    {
        if (job.Payload.Hold is not { } hold || _isOver || !IsMeant(hold) || cancellation.Reason is not null)
        {
            return;
        }

        _isOver = true;
        var folder = Path.Combine(job.Paths.Temp, $"_hold-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        try
        {
            Write(run, folder);
            await WaitAsync(run, hold, folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            run.Scope.Log.Warning($"The job is not held, as its folder {folder} cannot be used: {error.Message}");
        }
        finally
        {
            Remove(folder);
        }
    }

    // An agent holds nobody's places for a setting that somebody forgot: the job is looked at who asked to run it again.
    private bool IsMeant(FailureHold hold) => !hold.OnlyDebugging || (job.IsDebug && Attempt() > 1);

    private int Attempt() =>
        job.Message.ContextData.TryGetValue("github", out var data) && data is DictionaryData github
        && int.TryParse(github.FindText("run_attempt"), CultureInfo.InvariantCulture, out var attempt)
            ? attempt
            : 1;

    private async Task WaitAsync(StepRun run, FailureHold hold, string folder)
    {
        var (log, time, release) = (run.Scope.Log, job.Host.Time, ReleaseOf(folder));
        var began = time.GetTimestamp();
        var until = time.GetUtcNow() + hold.Time;
        log.Write(string.Create(CultureInfo.InvariantCulture, $"The step failed, and the job is held until {until:yyyy-MM-dd HH:mm:ss} UTC, for somebody to look at it. Enter it with"));
        log.Write($"  {hold.Enter}{(hold.Enter.Length > 0 ? " " : string.Empty)}{Word(Path.Combine(folder, "shell"))}");
        log.Write("There, 'release' lets the job go on. To cancel it does, too.");
        while (!File.Exists(release) && !cancellation.Requested.IsCancellationRequested && time.GetElapsedTime(began) < hold.Time)
        {
            await Task.Delay(Look, time, cancellation.Requested).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var minutes = time.GetElapsedTime(began).TotalMinutes;
        log.Write(File.Exists(release)
            ? string.Create(CultureInfo.InvariantCulture, $"The job was released after {minutes:0} min.")
            : string.Create(CultureInfo.InvariantCulture, $"The job was held for {minutes:0} min, and goes on."));
    }

    private void Write(StepRun run, string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Private);
        }

        var (shown, hidden) = Variables(run, folder);
        var settings = Path.Combine(folder, "environment");
        Create(settings, $$"""
            {{shown}}release() { : > {{Quote(ReleaseOf(folder))}} && echo 'The job goes on.'; }
            echo {{Quote($"This is the job at its step '{job.Masker.MaskText(run.Task.Name)}', which failed. 'release' lets the job go on.")}}
            {{(hidden.Count == 0 ? string.Empty : $"echo {Quote($"Left out, as they hold secrets: {string.Join(' ', hidden)}")}")}}

            """);

        // Last, whole at once: who sees it can run it.
        var shell = Path.Combine(folder, "shell");
        Create(shell + ".part", $"""
            #!/bin/sh
            cd {Quote(job.Paths.Workspace)} || exit
            if command -v bash >/dev/null 2>&1; then exec env -i TERM="$TERM" "$(command -v bash)" --noprofile --rcfile {Quote(settings)} -i; fi
            exec env -i TERM="$TERM" ENV={Quote(settings)} "$(command -v sh)" -i

            """);
        File.Move(shell + ".part", shell);
    }

    private (string Shown, List<string> Hidden) Variables(StepRun run, string folder)
    {
        var (shown, hidden) = (new StringBuilder(), new List<string>());
        var variables = StepEnvironment.Of(run.WithMembers(), StepKind.Script, new Dictionary<string, string>());
        foreach (var name in CommandFiles)
        {
            variables[name] = Path.Combine(folder, name.ToLowerInvariant()); // the step's own are read and gone
        }

        foreach (var (name, value) in variables.Where(variable => IsName(variable.Key)).OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (job.Masker.MaskText(value) == value)
            {
                shown.Append(CultureInfo.InvariantCulture, $"export {name}={Quote(value)}\n");
            }
            else
            {
                hidden.Add(name);
            }
        }

        return (shown.ToString(), hidden);
    }

    private static void Create(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        using var file = new FileStream(path, options);
        file.Write(Utf8.GetBytes(text));
    }

    private static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Whoever is in it still writes: it goes with the job.
        }
    }

    private static string ReleaseOf(string folder) => Path.Combine(folder, "release");

    private static bool IsName(string name) =>
        !OfTheShell.Contains(name) && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Word(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? path : Quote(path);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

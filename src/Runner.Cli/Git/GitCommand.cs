using System.ComponentModel;
using System.Diagnostics;

namespace Runner.Cli.Git;

/// <summary>Asks git. Where git is not installed, nothing is known.</summary>
internal static class GitCommand
{
    /// <summary>What git prints, without the line's end; <c>null</c> where it fails, prints nothing or is not there.</summary>
    public static async Task<string?> AskAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };

        // A prompt for a password would wait for ever.
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        try
        {
            using var process = Process.Start(start);
            if (process is null)
            {
                return null;
            }

            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await errors;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 && output.TrimEnd() is { Length: > 0 } text ? text : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

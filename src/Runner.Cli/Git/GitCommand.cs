using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Runner.Cli.Git;

/// <summary>Asks git. Where git is not installed, nothing is known.</summary>
internal static class GitCommand
{
    // Set where a hook of git's starts us: they name the hook's repository, whatever folder is asked about (git rev-parse --local-env-vars).
    private static readonly string[] VariablesOfOneRepository =
    [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    ];

    /// <summary>What git prints, without the line's end; <c>null</c> where it fails, prints nothing or is not there.</summary>
    public static async Task<string?> AskAsync(string folder, CancellationToken cancellationToken, params string[] arguments) =>
        (await RunAsync(folder, arguments, cancellationToken))?.TrimEnd() is { Length: > 0 } text ? text : null;

    /// <summary>What git prints with <c>-z</c>, item by item, as it is; <c>null</c> where it fails or is not there.</summary>
    public static async Task<IReadOnlyList<string>?> ListAsync(string folder, CancellationToken cancellationToken, params string[] arguments) =>
        (await RunAsync(folder, arguments, cancellationToken))?.Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string?> RunAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var variable in VariablesOfOneRepository)
        {
            start.Environment.Remove(variable);
        }

        // A prompt for a password would wait for ever, and a look must not write into the user's index.
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
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
            return process.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

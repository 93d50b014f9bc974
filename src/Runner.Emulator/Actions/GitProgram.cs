using System.ComponentModel;
using System.Diagnostics;
using Runner.Jobs.Errors;

namespace Runner.Emulator.Actions;

/// <summary>Runs git in a repository.</summary>
internal static class GitProgram
{
    private const int MaxErrorCharacters = 4096;

    /// <summary>Runs git and copies its standard output.</summary>
    /// <exception cref="InfrastructureException">There is no git, or it failed: the message has its own words.</exception>
    public static async Task RunAsync(string folder, IReadOnlyList<string> arguments, Stream output, CancellationToken cancellationToken)
    {
        if (await StartAsync(folder, arguments, output, cancellationToken) is { } problem)
        {
            throw new InfrastructureException($"git {arguments[0]} in {folder}: {problem}");
        }
    }

    /// <summary>Runs git and says whether it succeeded.</summary>
    /// <exception cref="InfrastructureException">There is no git.</exception>
    public static async Task<bool> TryRunAsync(
        string folder, IReadOnlyList<string> arguments, Stream output, CancellationToken cancellationToken) =>
        await StartAsync(folder, arguments, output, cancellationToken) is null;

    private static async Task<string?> StartAsync(
        string folder, IReadOnlyList<string> arguments, Stream output, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The folder is the operator's own word, whoever owns the files in it.
        foreach (var argument in new[] { "-c", "safe.directory=*", "-C", folder }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        using var git = Start(start);
        git.StandardInput.Close();
        await using var killed = cancellationToken.Register(() => git.Kill(entireProcessTree: true));
        var errors = git.StandardError.ReadToEndAsync(CancellationToken.None);
        var copying = git.StandardOutput.BaseStream.CopyToAsync(output, CancellationToken.None);
        await copying;
        await git.WaitForExitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var text = (await errors).Trim();
        return git.ExitCode == 0 ? null : $"exit code {git.ExitCode} {text[..Math.Min(text.Length, MaxErrorCharacters)]}";
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InfrastructureException("git did not start");
        }
        catch (Win32Exception error)
        {
            throw new InfrastructureException($"git cannot be run: {error.Message}", error);
        }
    }
}

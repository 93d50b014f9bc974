using System.ComponentModel;
using System.Diagnostics;
using Runner.Jobs.Errors;

namespace Runner.Services.Repositories;

/// <summary>Runs git in a folder. It never asks for a password.</summary>
/// <param name="environment">All variables that git sees; <c>null</c>: those of this process. Secrets may stand in it, and nowhere else.</param>
public sealed class GitProgram(IReadOnlyDictionary<string, string>? environment)
{
    private const int MaxErrorCharacters = 4096;

    /// <summary>Git with the environment of this process.</summary>
    public static GitProgram OfProcess { get; } = new(environment: null);

    /// <summary>Runs git and copies its standard output.</summary>
    /// <exception cref="InfrastructureException">There is no git, or it failed: the message has its own words.</exception>
    public async Task RunAsync(string folder, IReadOnlyList<string> arguments, Stream output, CancellationToken cancellationToken)
    {
        if (await FindProblemAsync(folder, arguments, output, cancellationToken) is { } problem)
        {
            throw new InfrastructureException($"git {arguments[0]} in {folder}: {problem}");
        }
    }

    /// <summary>Runs git and says whether it succeeded.</summary>
    /// <exception cref="InfrastructureException">There is no git.</exception>
    public async Task<bool> TryRunAsync(string folder, IReadOnlyList<string> arguments, Stream output, CancellationToken cancellationToken) =>
        await FindProblemAsync(folder, arguments, output, cancellationToken) is null;

    /// <summary>Runs git; gives what it says of its failure, or <c>null</c>: it succeeded.</summary>
    /// <exception cref="InfrastructureException">There is no git.</exception>
    public async Task<string?> FindProblemAsync(
        string folder, IReadOnlyList<string> arguments, Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        using var git = Start(ToStart(folder, arguments));
        git.StandardInput.Close();
        await using var killed = cancellationToken.Register(() => git.Kill(entireProcessTree: true));
        var errors = git.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await git.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
        }
        catch
        {
            git.Kill(entireProcessTree: true); // whoever takes the output is gone: nobody reads it any more
            throw;
        }

        await git.WaitForExitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();

        // In one line: it becomes a part of messages.
        var text = string.Join(' ', (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return git.ExitCode == 0 ? null : $"exit code {git.ExitCode}: {text[..Math.Min(text.Length, MaxErrorCharacters)]}";
    }

    private ProcessStartInfo ToStart(string folder, IReadOnlyList<string> arguments)
    {
        // The folder is the operator's own word, whoever owns the files in it.
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "-C", folder, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        return start;
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

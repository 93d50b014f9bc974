using Runner.Jobs.Errors;

namespace Runner.Cli.CommandLine;

/// <summary>Exit codes of <c>runner</c> (<c>docs/running-locally.md</c>; 69 and 78 as in sysexits.h).</summary>
internal static class ExitCodes
{
    /// <summary>Done; every job succeeded or was skipped.</summary>
    public const int Success = 0;

    /// <summary>A job failed.</summary>
    public const int JobFailed = 1;

    /// <summary>The command line or the workflow is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Something that is needed could not be reached.</summary>
    public const int Unavailable = 69;

    /// <summary>The program itself is wrong.</summary>
    public const int Bug = 70;

    /// <summary>A setting is wrong.</summary>
    public const int Configuration = OperatorException.ExitCode;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}

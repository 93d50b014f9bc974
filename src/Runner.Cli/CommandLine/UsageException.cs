namespace Runner.Cli.CommandLine;

/// <summary>The command line asks for something that is not there or cannot be. The program ends with <see cref="ExitCodes.Usage"/>.</summary>
/// <remarks>The message names the flag and what was found. It is printed as it is, so it never holds a secret.</remarks>
internal sealed class UsageException : Exception
{
    /// <summary>A mistake.</summary>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>A mistake with the error that showed it.</summary>
    public UsageException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

namespace Runner.Jobs.Errors;

/// <summary>
/// What the operator of the runner has to mend: a setting, a right, a missing file. Nothing retries it; a process that meets it at its
/// start ends with exit code 78.
/// </summary>
/// <remarks>Each problem says what was found, what was expected, where, and what to do. It is printed as it is, so it never holds a secret.</remarks>
public sealed class OperatorException : Exception
{
    /// <summary>Exit code of a process that was set up wrongly (<c>EX_CONFIG</c> of sysexits.h).</summary>
    public const int ExitCode = 78;

    /// <summary>One problem.</summary>
    public OperatorException(string problem)
        : this([problem])
    {
    }

    /// <summary>One problem with the error that showed it.</summary>
    public OperatorException(string problem, Exception inner)
        : base(problem, inner) => Problems = [problem];

    /// <summary>Several problems, told together.</summary>
    public OperatorException(IReadOnlyList<string> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>The problems, at least one.</summary>
    public IReadOnlyList<string> Problems { get; }
}

namespace Runner.Workflows.Diagnostics;

/// <summary>One problem of a workflow or action file, for the author of that file.</summary>
/// <param name="File">Path of the file as it was given to the reader.</param>
/// <param name="Line">Line, counted from 1; 0 where the problem has no one place.</param>
/// <param name="Column">Column, counted from 1; 0 where the problem has no one place.</param>
/// <param name="Message">What was found and what was expected, in GitHub's words where GitHub has any.</param>
public sealed record Diagnostic(string File, int Line, int Column, string Message)
{
    /// <summary>What we say beyond GitHub's own message, such as <c>did you mean 'steps'?</c>; <c>null</c> where there is nothing to add.</summary>
    public string? Hint { get; init; }

    /// <summary>Whether it only tells of what stands in for GitHub's service: nothing is lost, so a run prints it only when asked for more.</summary>
    public bool IsEmulation { get; init; }

    /// <summary>Whether GitHub tells it for the file as a whole, without line and column: limits, and what is wrong with tags.</summary>
    public bool IsOfFile { get; init; }

    /// <summary>The whole text where GitHub's does not begin with the place, as for an error in a called workflow; else <c>null</c>.</summary>
    public string? WholeText { get; init; }

    /// <summary>The message as GitHub writes it: <c>{file} (Line: n, Col: m): {message}</c>.</summary>
    public string GitHubText => WholeText ?? (Line == 0 || IsOfFile ? $"{File}: {Message}" : $"{File} (Line: {Line}, Col: {Column}): {Message}");

    /// <summary><see cref="GitHubText"/>, with the hint behind it.</summary>
    public override string ToString() => Hint is null ? GitHubText : $"{GitHubText.TrimEnd('.')}; {Hint}";
}

using System.Text.Json.Nodes;
using Runner.Workflows.Diagnostics;

namespace Runner.Cli.Commands;

/// <summary>What is to be said of a workflow or action file, one line each.</summary>
internal static class DiagnosticText
{
    /// <summary><c>file:line:column: message</c>, as editors and terminals find places; without line and column where there is no one place.</summary>
    /// <param name="diagnostic">What was found.</param>
    /// <param name="severity">What it is. Default: a mistake.</param>
    public static string Line(Diagnostic diagnostic, Severity severity = Severity.Error)
    {
        var place = diagnostic.Line == 0 ? diagnostic.File : $"{diagnostic.File}:{diagnostic.Line}:{diagnostic.Column}";
        var message = diagnostic.Hint is null ? diagnostic.Message : $"{diagnostic.Message.TrimEnd('.')}; {diagnostic.Hint}";
        return $"{place}: {(severity == Severity.Error ? string.Empty : Word(severity) + ": ")}{message}";
    }

    /// <summary><c>{"severity":…,"file":…,"line":…,"column":…,"message":…,"hint":…}</c>; line and column are 0 where there is no one place.</summary>
    public static JsonObject Json(Diagnostic diagnostic, Severity severity) => new()
    {
        ["severity"] = Word(severity),
        ["file"] = diagnostic.File,
        ["line"] = diagnostic.Line,
        ["column"] = diagnostic.Column,
        ["message"] = diagnostic.Message,
        ["hint"] = diagnostic.Hint,
    };

    private static string Word(Severity severity) => severity switch
    {
        Severity.Note => "note",
        Severity.Warning => "warning",
        _ => "error",
    };
}

/// <summary>What a diagnostic means for whoever reads it.</summary>
internal enum Severity
{
    /// <summary>A mistake.</summary>
    Error,

    /// <summary>GitHub lets it pass, and it is probably not what was meant.</summary>
    Warning,

    /// <summary>Only worth knowing.</summary>
    Note,
}

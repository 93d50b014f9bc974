using System.Text.Json.Nodes;
using Runner.Workflows.Diagnostics;

namespace Runner.Cli.Commands;

/// <summary>What is to be said of a workflow or action file, one line each.</summary>
internal static class DiagnosticText
{
    /// <summary><c>file:line:column: message</c>, as editors and terminals find places; without line and column where there is no one place.</summary>
    /// <param name="diagnostic">What was found.</param>
    /// <param name="isNote">Whether it is only worth knowing and no mistake.</param>
    public static string Line(Diagnostic diagnostic, bool isNote = false)
    {
        var place = diagnostic.Line == 0 ? diagnostic.File : $"{diagnostic.File}:{diagnostic.Line}:{diagnostic.Column}";
        var message = diagnostic.Hint is null ? diagnostic.Message : $"{diagnostic.Message.TrimEnd('.')}; {diagnostic.Hint}";
        return $"{place}: {(isNote ? "note: " : string.Empty)}{message}";
    }

    /// <summary><c>{"severity":…,"file":…,"line":…,"column":…,"message":…,"hint":…}</c>; line and column are 0 where there is no one place.</summary>
    public static JsonObject Json(Diagnostic diagnostic, bool isNote) => new()
    {
        ["severity"] = isNote ? "note" : "error",
        ["file"] = diagnostic.File,
        ["line"] = diagnostic.Line,
        ["column"] = diagnostic.Column,
        ["message"] = diagnostic.Message,
        ["hint"] = diagnostic.Hint,
    };
}

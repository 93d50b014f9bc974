using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Workflows.Diagnostics;

namespace Runner.Cli.Commands;

/// <summary>Problems of files as lines of JSON.</summary>
internal static class JsonLines
{
    /// <summary>Letters stay as they were written.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Default) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"file":…,"line":…,"column":…,"message":…,"hint":…}</c>; line and column are 0 where a problem has no one place.</summary>
    public static JsonObject Of(Diagnostic problem) => new()
    {
        ["file"] = problem.File,
        ["line"] = problem.Line,
        ["column"] = problem.Column,
        ["message"] = problem.Message,
        ["hint"] = problem.Hint,
    };

    /// <summary>The message with what we add to it.</summary>
    public static string Text(Diagnostic problem) =>
        problem.Hint is null ? problem.Message : $"{problem.Message.TrimEnd('.')}; {problem.Hint}";
}

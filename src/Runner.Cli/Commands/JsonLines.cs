using System.Text.Encodings.Web;
using System.Text.Json;

namespace Runner.Cli.Commands;

/// <summary>How lines of JSON are written.</summary>
internal static class JsonLines
{
    /// <summary>Letters stay as they were written.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Default) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

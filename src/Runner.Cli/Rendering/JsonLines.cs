using System.Text.Encodings.Web;
using System.Text.Json;
using Runner.Jobs;

namespace Runner.Cli.Rendering;

/// <summary>How lines of JSON are written.</summary>
internal static class JsonLines
{
    /// <summary>Letters stay as they were written; data may be as deep as anywhere.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Default)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = JsonDepth.Max,
    };
}

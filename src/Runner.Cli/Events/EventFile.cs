using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Cli.CommandLine;
using Runner.Jobs;

namespace Runner.Cli.Events;

/// <summary>Reads the file of <c>--eventpath</c>.</summary>
internal static class EventFile
{
    /// <summary>The payload.</summary>
    /// <exception cref="UsageException">The file cannot be read, or is no JSON object.</exception>
    public static JsonObject Read(string path)
    {
        var text = string.Empty;
        try
        {
            text = GivenFile.ReadText(path);
            using var document = JsonDocument.Parse(text, JsonDepth.OfDocument);
            return Of(path, document.RootElement.Clone());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--eventpath: '{path}' cannot be read: {error.Message}", error);
        }
        catch (JsonException error)
        {
            throw new UsageException(JsonProblem.Of(path, text, error), error);
        }
    }

    private static JsonObject Of(string path, JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object)
        {
            throw new UsageException($"--eventpath: '{path}' is no event, expected a JSON object");
        }

        return JsonDepth.IsWithin(payload)
            ? JsonObject.Create(payload) ?? []
            : throw new UsageException($"--eventpath: '{path}' is nested deeper than {JsonDepth.MaxData} levels");
    }
}

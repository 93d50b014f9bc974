using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Events;

/// <summary>Reads the file of <c>--eventpath</c>.</summary>
internal static class EventFile
{
    /// <summary>The payload.</summary>
    /// <exception cref="UsageException">The file cannot be read, or is no JSON object.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject
                ?? throw new UsageException($"--eventpath: '{path}' is no event, expected a JSON object");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--eventpath: '{path}' cannot be read: {error.Message}", error);
        }
        catch (JsonException error)
        {
            throw new UsageException($"{path}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}: this is not JSON: {error.Message}", error);
        }
    }
}

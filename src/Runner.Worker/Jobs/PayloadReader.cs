using System.Text.Json;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;

namespace Runner.Worker.Jobs;

/// <summary>Reads the launch payload, once: from standard input, or from a file that is gone before anything else happens.</summary>
internal static class PayloadReader
{
    /// <summary>What names standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>The payload with the moments that only the worker knows.</summary>
    /// <param name="source">A path, or <c>-</c>.</param>
    /// <param name="started">When the worker started.</param>
    /// <param name="cancellationToken">Stops waiting for input.</param>
    /// <exception cref="PayloadException">It cannot be read.</exception>
    /// <exception cref="InfrastructureException">Its file is not there, or cannot be removed.</exception>
    public static async Task<LaunchPayload> ReadAsync(string source, DateTimeOffset started, CancellationToken cancellationToken)
    {
        var json = source == StandardInput ? await ReadInputAsync(cancellationToken) : TakeFile(source);
        var setup = source == StandardInput ? null : SetupNote.Take(Path.GetDirectoryName(source));
        var payload = Read(json, started);
        return payload with { Times = payload.Times with { SetUp = payload.Times.SetUp ?? setup } };
    }

    /// <summary>A payload that was given as a whole, which is cleared.</summary>
    /// <exception cref="PayloadException">It cannot be read.</exception>
    public static LaunchPayload Read(byte[] json, DateTimeOffset started)
    {
        var payload = Parse(json);
        Array.Clear(json);
        return payload with { Times = payload.Times with { ContainersStarted = payload.Times.ContainersStarted ?? started } };
    }

    private static async Task<byte[]> ReadInputAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        using var buffer = new MemoryStream();
        await input.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }

    private static byte[] TakeFile(string path)
    {
        try
        {
            var json = File.ReadAllBytes(path);
            File.Delete(path);
            return json;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The launch payload '{path}' must be readable and removable: {exception.Message}", exception);
        }
    }

    private static LaunchPayload Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PayloadJson.Default.LaunchPayload) ?? throw new JsonException("the payload is null");
        }
        catch (JsonException exception)
        {
            // The inner error may quote the text, which holds secrets: only its place is told.
            throw new PayloadException($"The launch payload cannot be read: bad or missing value at {exception.Path ?? "$"}")
            {
                OutcomePath = FindText(json, "paths", "outcome"),
                OutcomeKey = FindText(json, "outcomeKey"),
            };
        }
    }

    private static string? FindText(byte[] json, params ReadOnlySpan<string> path)
    {
        try
        {
            using var document = JsonDocument.Parse(json, JsonDepth.OfDocument);
            var element = document.RootElement;
            foreach (var name in path)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                {
                    return null;
                }
            }

            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (JsonException)
        {
            return null; // no JSON at all
        }
    }
}

/// <summary>A payload that cannot be read. The message holds nothing of its text.</summary>
internal sealed class PayloadException(string message) : Exception(message)
{
    /// <summary>Where the outcome is expected, as far as that could be read.</summary>
    public string? OutcomePath { get; init; }

    /// <summary>The key that shows the outcome to be the worker's, as far as that could be read.</summary>
    public string? OutcomeKey { get; init; }
}

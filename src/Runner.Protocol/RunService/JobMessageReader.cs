using System.Text.Json;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;

namespace Runner.Protocol.RunService;

/// <summary>Reads the reply of <c>acquirejob</c>. Pure.</summary>
internal static class JobMessageReader
{
    /// <summary>The job.</summary>
    /// <exception cref="MalformedJobException">It is not one.</exception>
    public static JobMessage Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, JobsJson.Default.JobMessage) ?? throw new JsonException("the message is null");
        }
        catch (JsonException exception)
        {
            throw Malformed(json, exception);
        }
    }

    private static MalformedJobException Malformed(ReadOnlyMemory<byte> json, JsonException cause)
    {
        var text = $"The job message cannot be read: bad or missing value at {cause.Path ?? "$"}"
            + (cause.LineNumber is { } line ? $", line {line + 1}, byte {cause.BytePositionInLine + 1}" : string.Empty);
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var connection = Member(Member(root, "resources"), "endpoints") is { ValueKind: JsonValueKind.Array } endpoints
                ? endpoints.EnumerateArray().FirstOrDefault(
                    endpoint => string.Equals(Text(Member(endpoint, "name")), "SystemVssConnection", StringComparison.OrdinalIgnoreCase))
                : default;
            return new MalformedJobException(text)
            {
                PlanId = Guid.TryParse(Text(Member(Member(root, "plan"), "planId")), out var plan) ? new PlanId(plan) : null,
                JobId = Guid.TryParse(Text(Member(root, "jobId")), out var job) ? new JobId(job) : null,
                RunServiceUrl = Uri.TryCreate(Text(Member(connection, "url")), UriKind.Absolute, out var url) ? url : null,
                Token = Text(Member(Member(Member(connection, "authorization"), "parameters"), "AccessToken")) is { } token ? new Secret(token) : null,
            };
        }
        catch (JsonException)
        {
            // Not JSON at all: nothing more can be said of the job.
            return new MalformedJobException(text);
        }
    }

    private static JsonElement Member(JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object
        ? parent.EnumerateObject().FirstOrDefault(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)).Value
        : default;

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;
}

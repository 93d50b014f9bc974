using System.Text.Json;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;

namespace Runner.Protocol.RunService;

/// <summary>Reads the reply of <c>acquirejob</c>. Pure.</summary>
internal static class JobMessageReader
{
    private const string ConnectionName = "SystemVssConnection";

    /// <summary>The job.</summary>
    /// <exception cref="UnreadableJobMessageException">It is not one.</exception>
    public static JobMessage Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, JobMessageJson.Default.JobMessage) ?? throw new JsonException("the message is null");
        }
        catch (JsonException exception)
        {
            throw Unreadable(json, exception);
        }
    }

    private static UnreadableJobMessageException Unreadable(ReadOnlyMemory<byte> json, JsonException cause)
    {
        var text = $"The job message cannot be read: bad or missing value at {cause.Path ?? "$"}"
            + (cause.LineNumber is { } line ? $", line {line + 1}, byte {cause.BytePositionInLine + 1}" : string.Empty);
        try
        {
            using var document = JsonDocument.Parse(json, JsonDepth.OfDocument);
            var root = document.RootElement;
            var connection = Member(Member(root, "resources"), "endpoints") is { ValueKind: JsonValueKind.Array } endpoints
                ? endpoints.EnumerateArray().FirstOrDefault(
                    endpoint => string.Equals(Text(Member(endpoint, "name")), ConnectionName, StringComparison.OrdinalIgnoreCase))
                : default;
            PlanId? plan = Guid.TryParse(Text(Member(Member(root, "plan"), "planId")), out var planId) ? new PlanId(planId) : null;
            JobId? job = Guid.TryParse(Text(Member(root, "jobId")), out var jobId) ? new JobId(jobId) : null;
            return new UnreadableJobMessageException(text)
            {
                PlanId = plan,
                JobId = job,
                RunServiceUrl = Uri.TryCreate(Text(Member(connection, "url")), UriKind.Absolute, out var url) ? url : null,
                Token = Text(Member(Member(Member(connection, "authorization"), "parameters"), "AccessToken")) is { } token ? new Secret(token) : null,
                IsWhole = plan is not null && job is not null,
            };
        }
        catch (JsonException)
        {
            return Salvage(json.Span, text);
        }
    }

    /// <summary>What can be read of a message that is cut or breaks off into something else.</summary>
    private static UnreadableJobMessageException Salvage(ReadOnlySpan<byte> json, string text)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        var path = new Stack<string>();
        var name = string.Empty;
        string? plan = null, job = null, endpoint = null, url = null, token = null;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = reader.GetString() ?? string.Empty;
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        path.Push(name);
                        name = string.Empty;
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        if (!IsConnection() && Place().Equals("/resources/endpoints/", StringComparison.OrdinalIgnoreCase))
                        {
                            (endpoint, url, token) = (null, null, null); // another service's
                        }

                        path.TryPop(out _);
                        name = string.Empty; // what follows in an array has none
                        break;
                    case JsonTokenType.String:
                        Take(ref reader);
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // What was read before stands.
        }

        return new UnreadableJobMessageException(text)
        {
            PlanId = Guid.TryParse(plan, out var planId) ? new PlanId(planId) : null,
            JobId = Guid.TryParse(job, out var jobId) ? new JobId(jobId) : null,
            RunServiceUrl = IsConnection() && Uri.TryCreate(url, UriKind.Absolute, out var address) ? address : null,
            Token = IsConnection() && token is not null ? new Secret(token) : null,
        };

        bool IsConnection() => string.Equals(endpoint, ConnectionName, StringComparison.OrdinalIgnoreCase);

        string Place() => string.Join('/', path.Reverse());

        void Take(ref Utf8JsonReader value)
        {
            switch ($"{Place()}/{name}".ToUpperInvariant())
            {
                case "/PLAN/PLANID":
                    plan = value.GetString();
                    break;
                case "/JOBID":
                    job = value.GetString();
                    break;
                case "/RESOURCES/ENDPOINTS//NAME" when !IsConnection():
                    endpoint = value.GetString();
                    break;
                case "/RESOURCES/ENDPOINTS//URL":
                    url ??= value.GetString();
                    break;
                case "/RESOURCES/ENDPOINTS//AUTHORIZATION/PARAMETERS/ACCESSTOKEN":
                    token ??= value.GetString();
                    break;
            }
        }
    }

    private static JsonElement Member(JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object
        ? parent.EnumerateObject().FirstOrDefault(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)).Value
        : default;

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;
}

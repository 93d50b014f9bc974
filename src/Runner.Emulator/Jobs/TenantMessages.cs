using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Emulator.Options;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Protocol.Broker;
using Runner.Protocol.Tenant;

namespace Runner.Emulator.Jobs;

/// <summary>Messages of the older protocol: the job whole, and encrypted by the session's key.</summary>
internal static class TenantMessages
{
    /// <summary>Hub of all plans.</summary>
    public const string Hub = "actions";

    /// <summary>Scope of all plans.</summary>
    public static Guid Scope { get; } = new("5c09e000-0000-4000-8000-00000000e0e0");

    /// <summary>The timeline of a job. Neither the plan's id nor the job's.</summary>
    public static Guid TimelineOf(JobId job)
    {
        var bytes = job.Value.ToByteArray();
        bytes[0] ^= 0xFF;
        return new Guid(bytes);
    }

    /// <summary>A job for a runner: its message, as an older server makes it.</summary>
    public static RunnerMessage Job(long number, JobState job, EmulatorAddress address, EmulatorOptions options)
    {
        var message = Parse(job.Message);
        if (message is not null)
        {
            Change(message, job, address, options);
        }

        return new RunnerMessage
        {
            MessageId = number,
            MessageType = RunnerMessageTypes.PipelineAgentJobRequest,
            Body = message?.ToJsonString() ?? Encoding.UTF8.GetString(job.Message.Span), // a text that a test wants to be sent as it is
        };
    }

    /// <summary>A message as it goes over the wire.</summary>
    public static TenantMessage Seal(RunnerMessage message, byte[] key)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var vector = RandomNumberGenerator.GetBytes(aes.BlockSize / 8);
        return new TenantMessage
        {
            MessageId = message.MessageId,
            MessageType = message.MessageType,
            InitializationVector = vector,
            Body = Convert.ToBase64String(aes.EncryptCbc(Encoding.UTF8.GetBytes(message.Body ?? string.Empty), vector, PaddingMode.PKCS7)),
        };
    }

    private static void Change(JsonObject message, JobState job, EmulatorAddress address, EmulatorOptions options)
    {
        message["messageType"] = RunnerMessageTypes.PipelineAgentJobRequest;
        message["requestId"] = long.Parse(job.RequestId ?? "0", CultureInfo.InvariantCulture);
        message["lockedUntil"] = job.DueAt;
        message["timeline"] = new JsonObject { ["id"] = TimelineOf(job.Id), ["changeId"] = 1 };
        if (message["plan"] is JsonObject plan)
        {
            plan["scopeIdentifier"] = Scope;
            plan["planType"] = Hub;
            plan["version"] = options.PlanVersion;
        }

        if (message["variables"] is JsonObject variables)
        {
            // Services that such a server does not have.
            variables.Remove(JobVariables.ResultsEndpoint);
            variables.Remove(JobVariables.LaunchEndpoint);
        }

        foreach (var endpoint in (message["resources"]?["endpoints"] as JsonArray ?? []).OfType<JsonObject>())
        {
            endpoint["url"] = EmulatorAddress.Broker(address.Root).AbsoluteUri;
            (endpoint["data"] as JsonObject)?.Remove("ResultsServiceUrl");
            (endpoint["data"] as JsonObject)?.Remove("FeedStreamUrl");
        }
    }

    private static JsonObject? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonNode.Parse(json.Span) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

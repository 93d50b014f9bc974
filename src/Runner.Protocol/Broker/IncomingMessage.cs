using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Runner.Protocol.Broker;

/// <summary>A message of the long poll, read.</summary>
public abstract record IncomingMessage(long MessageId)
{
    /// <summary>Reads a message by its type. Never fails: what cannot be read is an <see cref="UnreadableMessage"/>.</summary>
    public static IncomingMessage Read(RunnerMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var id = message.MessageId;
        if (Is(RunnerMessageTypes.RunnerJobRequest))
        {
            return Parse(message, BrokerJson.Default.RunnerJobRequest, body => new JobOffered(id, body));
        }

        if (Is(RunnerMessageTypes.PipelineAgentJobRequest))
        {
            return string.IsNullOrWhiteSpace(message.Body)
                ? new UnreadableMessage(id, message.MessageType, "the body is empty")
                : new JobOffered(id, new RunnerJobRequest { JobMessage = message.Body });
        }

        if (Is(RunnerMessageTypes.JobCancellation))
        {
            return Parse(message, BrokerJson.Default.JobCancellation, body => new JobCanceled(id, body));
        }

        if (Is(RunnerMessageTypes.BrokerMigration))
        {
            return Parse(message, BrokerJson.Default.BrokerMigration, body => Uri.TryCreate(body.BrokerBaseUrl, UriKind.Absolute, out var address)
                ? new BrokerMoved(id, address)
                : new UnreadableMessage(id, message.MessageType, "brokerBaseUrl is not an absolute address"));
        }

        return Is(RunnerMessageTypes.ForceTokenRefresh) ? new TokenRefreshAsked(id) : new UnknownMessage(id, message.MessageType);

        bool Is(string type) => string.Equals(message.MessageType, type, StringComparison.OrdinalIgnoreCase);
    }

    private static IncomingMessage Parse<T>(RunnerMessage message, JsonTypeInfo<T> type, Func<T, IncomingMessage> make)
    {
        try
        {
            var body = JsonSerializer.Deserialize(message.Body ?? "null", type);
            return body is null ? Unreadable("the body is empty") : make(body);
        }
        catch (JsonException exception)
        {
            return Unreadable($"not the JSON expected at {exception.Path ?? "$"}");
        }

        UnreadableMessage Unreadable(string defect) => new(message.MessageId, message.MessageType, defect);
    }
}

/// <summary>A job waits to be acquired.</summary>
public sealed record JobOffered(long MessageId, RunnerJobRequest Request) : IncomingMessage(MessageId);

/// <summary>Somebody cancelled a job.</summary>
public sealed record JobCanceled(long MessageId, JobCancellation Cancellation) : IncomingMessage(MessageId);

/// <summary>Poll another broker, with the same session (<see cref="BrokerClient.At"/>).</summary>
public sealed record BrokerMoved(long MessageId, Uri Address) : IncomingMessage(MessageId);

/// <summary>Drop the cached token.</summary>
public sealed record TokenRefreshAsked(long MessageId) : IncomingMessage(MessageId);

/// <summary>
/// A type that this version does not know or has no use for: to be skipped. <c>RunnerRefreshConfig</c> is one: it brings new files to a runner that lives on, and
/// an ephemeral one has none (<c>sessions-and-messages.md</c> section 5.9).
/// </summary>
public sealed record UnknownMessage(long MessageId, string MessageType) : IncomingMessage(MessageId);

/// <summary>A known type whose body cannot be read: to be logged by its id and skipped.</summary>
public sealed record UnreadableMessage(long MessageId, string MessageType, string Defect) : IncomingMessage(MessageId);

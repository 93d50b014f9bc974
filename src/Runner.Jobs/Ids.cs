using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Jobs;

/// <summary>Id of a job record: what GitHub calls <c>jobId</c> and, in the results service, <c>workflow_job_run_backend_id</c>.</summary>
[JsonConverter(typeof(JobIdConverter))]
public readonly record struct JobId(Guid Value)
{
    /// <summary>The id with hyphens, as it stands in JSON.</summary>
    public override string ToString() => Value.ToString("D");
}

/// <summary>Id of a run's plan: <c>planId</c> and, in the results service, <c>workflow_run_backend_id</c>.</summary>
[JsonConverter(typeof(PlanIdConverter))]
public readonly record struct PlanId(Guid Value)
{
    /// <summary>The id with hyphens, as it stands in JSON.</summary>
    public override string ToString() => Value.ToString("D");
}

/// <summary>Id of a step's record: <c>external_id</c> and <c>step_backend_id</c> in the results service.</summary>
[JsonConverter(typeof(StepIdConverter))]
public readonly record struct StepId(Guid Value)
{
    /// <summary>A new id, for a step that the job message does not have (set-up, post, completion).</summary>
    public static StepId New() => new(Guid.NewGuid());

    /// <summary>The id with hyphens, as it stands in JSON.</summary>
    public override string ToString() => Value.ToString("D");
}

/// <summary>Reads and writes an id as GUID text.</summary>
public abstract class IdConverter<TId>(Func<Guid, TId> wrap, Func<TId, Guid> unwrap) : JsonConverter<TId>
{
    /// <inheritdoc/>
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Guid.TryParse(reader.GetString(), out var value)
            ? wrap(value)
            : throw new JsonException($"{typeof(TId).Name} must be a GUID in a JSON string");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(unwrap(value));
    }
}

/// <inheritdoc/>
public sealed class JobIdConverter() : IdConverter<JobId>(value => new JobId(value), id => id.Value);

/// <inheritdoc/>
public sealed class PlanIdConverter() : IdConverter<PlanId>(value => new PlanId(value), id => id.Value);

/// <inheritdoc/>
public sealed class StepIdConverter() : IdConverter<StepId>(value => new StepId(value), id => id.Value);

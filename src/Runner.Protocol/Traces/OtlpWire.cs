using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Protocol.Traces;

// The JSON form of OTLP 1.x (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids are hexadecimal, numbers of 64 bits are texts.
internal sealed record OtlpTraces(OtlpResourceSpans[] ResourceSpans);

internal sealed record OtlpResourceSpans(OtlpResource Resource, OtlpScopeSpans[] ScopeSpans);

internal sealed record OtlpResource(OtlpAttribute[] Attributes);

internal sealed record OtlpScopeSpans(OtlpScope Scope, OtlpSpan[] Spans);

internal sealed record OtlpScope(string Name, string Version);

internal sealed record OtlpAttribute(string Key, OtlpValue Value);

internal sealed record OtlpValue(string StringValue);

internal sealed record OtlpStatus(int Code, string? Message)
{
    public const int Ok = 1;
    public const int Error = 2;
}

internal sealed record OtlpSpan(
    string TraceId, string SpanId, string? ParentSpanId, string Name, int Kind, string StartTimeUnixNano, string EndTimeUnixNano, OtlpAttribute[] Attributes, OtlpStatus Status)
{
    public const int Internal = 1;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(OtlpTraces))]
internal sealed partial class OtlpJson : JsonSerializerContext;

using System.Buffers.Binary;

namespace Runner.Jobs.Link;

/// <summary>What a frame is. The numbers are the wire's.</summary>
public enum LinkFrameKind
{
    /// <summary>Launcher: which request the stream is for (its id, UTF-8). Always first.</summary>
    Attach = 1,

    /// <summary>Worker: the request, and how many bytes of its answer came before (<see cref="RequestMessage"/>, JSON).</summary>
    Request = 2,

    /// <summary>Launcher: bytes of the answer, after the offset of the first (8 bytes, big-endian).</summary>
    Bytes = 3,

    /// <summary>Worker: how many bytes it has (8 bytes, big-endian). The launcher forgets them.</summary>
    Received = 4,

    /// <summary>Launcher: the result (<see cref="RequestResult"/>, JSON), after the last byte.</summary>
    Result = 5,

    /// <summary>Worker: it does not want the answer any more. The result still follows.</summary>
    Stop = 6,

    /// <summary>Worker: it has the result. The stream has done its work.</summary>
    Done = 7,

    /// <summary>Worker: there is no such request, or no longer.</summary>
    Unknown = 8,
}

/// <summary>A frame.</summary>
public readonly record struct LinkFrame(LinkFrameKind Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes of an offset.</summary>
    public const int OffsetBytes = 8;

    /// <summary>The offset with which the body begins; negative where it has none.</summary>
    public long Offset => Body.Length < OffsetBytes ? -1 : BinaryPrimitives.ReadInt64BigEndian(Body.Span);
}

/// <summary>A request as its worker sends it on a stream.</summary>
public sealed record RequestMessage
{
    /// <summary>The request.</summary>
    public required WorkerRequest Request { get; init; }

    /// <summary>Bytes of the answer that the worker has.</summary>
    public long Received { get; init; }
}

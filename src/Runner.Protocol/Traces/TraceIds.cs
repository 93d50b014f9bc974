using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Runner.Jobs;

namespace Runner.Protocol.Traces;

/// <summary>
/// The ids of a job's trace (W3C Trace Context). They are made of the job's id, so that agent and worker, and an agent that adopted the job, write one trace
/// without telling each other. Pure.
/// </summary>
public static class TraceIds
{
    /// <summary>Name of the stage in which the steps run: their spans are its children.</summary>
    public const string StepsStage = "running";

    private const int SpanBytes = 8;

    /// <summary>The trace of a job: 32 hexadecimal digits.</summary>
    public static string Trace(JobId job) => job.Value.ToString("N");

    /// <summary>The span of the job itself: 16 hexadecimal digits.</summary>
    public static string Job(JobId job) => Span(job, "job");

    /// <summary>The span of a stage of the job.</summary>
    public static string Stage(JobId job, string stage) => Span(job, $"stage {stage}");

    /// <summary>The span of a step.</summary>
    public static string Step(JobId job, StepId step) => Span(job, $"step {step}");

    /// <summary>The variable <c>TRACEPARENT</c> of the job's steps, by which their programs go on with the trace.</summary>
    public static string Parent(JobId job) => $"00-{Trace(job)}-{Stage(job, StepsStage)}-01";

    /// <summary>Where a job stands among all, from 0 to less than 1, evenly: whoever traces a part of the jobs traces those below it.</summary>
    public static double Share(JobId job) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{job.Value:N} share"))) / (uint.MaxValue + 1.0);

    private static string Span(JobId job, string name) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{job.Value:N} {name}")).AsSpan(0, SpanBytes));
}

using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Worker.Link;

/// <summary>The error that an answer stands for which is not the one that was asked for.</summary>
internal static class LinkRefusal
{
    /// <summary>A <see cref="WorkflowException"/> where the workflow has to be mended, else an <see cref="InfrastructureException"/>.</summary>
    public static Exception Of(RequestResult result) => result switch
    {
        RequestFailed { IsWorkflowError: true } failed => new WorkflowException(failed.Message),
        RequestFailed failed => new InfrastructureException(failed.Message),
        _ => new InfrastructureException($"The launcher answered with {result.GetType().Name}, which is no answer to what was asked"),
    };
}

using System.Collections.Immutable;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Workflows.Planning;

namespace Runner.Workflows.Messages;

/// <summary>Makes the message of a planned job, as GitHub's service would (<c>job-message.md</c>). Pure: the same job gives the same message.</summary>
public static class JobMessageBuilder
{
    // 8 and above: V1 jobs are completed by the JobCompleted event.
    private const int PlanVersion = 9;

    /// <summary>The job as GitHub sends it to a runner.</summary>
    public static JobMessage ToJobMessage(this PlannedJob planned, JobMessageContext context)
    {
        ArgumentNullException.ThrowIfNull(planned);
        ArgumentNullException.ThrowIfNull(context);
        var (job, workflow) = (planned.Job, planned.Scope.Workflow);
        return new JobMessage
        {
            MessageType = context.MessageType,
            Plan = new PlanReference { PlanType = "actions", Version = PlanVersion, PlanId = context.PlanId },
            Timeline = new TimelineReference { Id = context.TimelineId ?? context.PlanId.Value, ChangeId = 1 },
            JobId = context.JobId,
            JobDisplayName = planned.DisplayName,
            JobName = job.Id,
            RequestId = context.RequestId,
            JobContainer = MessageTokens.Compact(job.Container?.Written),
            JobServiceContainers = MessageTokens.Compact(job.Services?.Written),
            JobOutputs = MessageTokens.Compact(job.Outputs),
            Resources = new JobResources { Endpoints = [context.SystemConnection] },
            ContextData = Contexts(planned, context).ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase),
            Masks = JobVariableTable.Masks(planned, context),
            EnvironmentVariables = Written(Given(planned.Plan.Request), workflow.Env, job.Env),
            Defaults = Written(workflow.Defaults?.Written, job.Defaults?.Written),
            ActionsEnvironment = planned.EnvironmentName is null
                ? null
                : new ActionsEnvironment { Name = planned.EnvironmentName, Url = MessageTokens.Compact(job.Environment?.Url) },
            Snapshot = MessageTokens.Compact(job.Snapshot?.Written),
            Variables = JobVariableTable.Build(planned, context),
            Steps = StepMessages.Build(job.Steps, context.JobId.Value),
            FileTable = workflow.FileTable,
        };
    }

    private static IEnumerable<KeyValuePair<string, ContextData>> Contexts(PlannedJob planned, JobMessageContext context)
    {
        var known = planned.Contexts.ToData();
        return context.CheckRunId is { } number ? known.Append(KeyValuePair.Create<string, ContextData>("job", JobVariableTable.JobContext(planned, number))) : known;
    }

    private static MappingToken? Given(RunRequest request) => request.Env.IsEmpty
        ? null
        : new MappingToken([.. request.Env.Select(variable => new MappingEntry(new StringToken(variable.Key), new StringToken(variable.Value)))]);

    private static ImmutableArray<TemplateToken> Written(params ReadOnlySpan<TemplateToken?> tokens)
    {
        var written = ImmutableArray.CreateBuilder<TemplateToken>();
        foreach (var token in tokens)
        {
            if (token is not (null or NullToken))
            {
                written.Add(MessageTokens.Compact(token));
            }
        }

        return written.ToImmutable();
    }
}

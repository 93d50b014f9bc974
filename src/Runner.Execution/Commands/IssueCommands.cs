using Runner.Execution.Scopes;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Commands;

/// <summary><c>::error file=…,line=…::text</c>.</summary>
internal sealed class ErrorCommand : IssueCommand
{
    /// <inheritdoc/>
    public override string Name => "error";

    /// <inheritdoc/>
    protected override AnnotationLevel Level => AnnotationLevel.Failure;
}

/// <summary><c>::warning file=…,line=…::text</c>.</summary>
internal sealed class WarningCommand : IssueCommand
{
    /// <inheritdoc/>
    public override string Name => "warning";

    /// <inheritdoc/>
    protected override AnnotationLevel Level => AnnotationLevel.Warning;
}

/// <summary><c>::notice file=…,line=…::text</c>: an annotation only where GitHub switched these on, else plain text.</summary>
internal sealed class NoticeCommand : IssueCommand
{
    /// <inheritdoc/>
    public override string Name => "notice";

    /// <inheritdoc/>
    protected override AnnotationLevel Level => AnnotationLevel.Notice;

    /// <inheritdoc/>
    public override void Run(WorkflowCommand command, StepScope step)
    {
        if (step.Job.Message.IsFeatureOn(JobVariables.EnhancedAnnotations))
        {
            base.Run(command, step);
        }
        else
        {
            step.Log.Write(command.Data);
        }
    }
}

/// <summary>A command that makes an annotation.</summary>
internal abstract class IssueCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public bool IsEchoed => false;

    /// <summary>Which kind of annotation.</summary>
    protected abstract AnnotationLevel Level { get; }

    /// <inheritdoc/>
    public virtual void Run(WorkflowCommand command, StepScope step)
    {
        var place = IssuePlace.Read(command, step);
        step.Log.Issue(new Annotation
        {
            Level = Level,
            Message = command.Data,
            Title = command.Property("title"),
            Path = place.File,
            StartLine = place.Line,
            EndLine = place.EndLine,
            StartColumn = place.Column,
            EndColumn = place.EndColumn,
        });
    }
}

using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Steps;

/// <summary>Names of steps that have none of their own (<c>worker-semantics.md</c> section 2.2). Pure.</summary>
internal static class DisplayNames
{
    /// <summary>First line of a text, leading white space dropped.</summary>
    public static string FirstLine(string text)
    {
        var start = text.TrimStart();
        var end = start.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? start : start[..end];
    }

    /// <summary>A step inside of a composite action: its name as it is written, else what it runs.</summary>
    public static string OfStep(JobStep step) => step.DisplayNameToken?.ToString() is { Length: > 0 } name
        ? FirstLine(name)
        : step.Reference?.Type == ReferenceType.Script ? $"Run {FirstLine((step.Inputs as MappingToken)?.Find("script")?.ToString() ?? "a script")}"
        : $"Run {OfReference(step.Reference)}";

    /// <summary>What a step uses, as it is written: <c>owner/repo/path@ref</c>, an image, a path.</summary>
    public static string OfReference(ActionReference? reference) => reference switch
    {
        { Type: ReferenceType.ContainerRegistry, Image: { } image } => $"docker://{image}",
        { Name: { Length: > 0 } name } => $"{name}{(string.IsNullOrEmpty(reference.Path) ? "" : "/" + reference.Path)}@{reference.Ref}",
        { Path: { Length: > 0 } path } => path,
        _ => "an action without a reference",
    };
}

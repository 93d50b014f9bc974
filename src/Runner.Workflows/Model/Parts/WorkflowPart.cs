using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary>A part of a workflow that was taken apart. What is evaluated later stands in it as tokens; one that is <c>null</c> was not written.</summary>
/// <param name="Written">
/// The part as it was written: what job messages carry. Where all of it is one expression, its pieces show only when that is evaluated.
/// </param>
public abstract record WorkflowPart(TemplateToken Written);

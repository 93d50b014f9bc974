using Runner.Workflows.Model;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Planning;

/// <summary>What a job may do: what it asks for, or its workflow, within what the caller of that allows. Pure.</summary>
internal static class JobRights
{
    /// <summary>What the token of a job may do: its own <c>permissions</c>, else the workflow's, within what the caller allows.</summary>
    public static TokenPermissions PermissionsOf(WorkflowJob job, WorkflowScope scope)
    {
        var asked = job.Permissions ?? scope.Workflow.Permissions;
        return scope.Ceiling switch
        {
            null => TokenPermissions.Of(asked),
            { } ceiling => asked is null ? ceiling : TokenPermissions.Of(asked).LimitedTo(ceiling),
        };
    }

    /// <summary>
    /// What a job may do with caches: its own <c>cache-mode</c>, else the workflow's, within what the caller may; else what the event lets it
    /// (<see cref="CacheTrust"/>); <c>null</c>: nobody says.
    /// </summary>
    public static CacheAccess? CacheAccessOf(WorkflowJob job, WorkflowScope scope) => (job.CacheAccess ?? scope.Workflow.CacheAccess, scope.CacheCeiling) switch
    {
        (null, var ceiling) => ceiling ?? CacheTrust.Default(scope.Plan),
        (var asked, null) => asked,
        ({ } asked, { } ceiling) => asked & ceiling,
    };
}

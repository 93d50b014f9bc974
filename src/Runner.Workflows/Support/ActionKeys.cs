using static Runner.Workflows.Support.KeySupport;

namespace Runner.Workflows.Support;

/// <summary>Every key of an <c>action.yml</c>. Others at the top, such as <c>branding</c>, and of an input are for GitHub's Marketplace and no error.</summary>
internal static class ActionKeys
{
    /// <summary>The table.</summary>
    public static SupportTable Table { get; } = new(
    [
        Supported("name"),
        Supported("description"),
        Supported("inputs"),
        Supported("inputs.*"),
        Supported("inputs.*.default"),
        Supported("outputs"),
        Supported("outputs.*"),
        Supported("outputs.*.description"),
        Supported("outputs.*.value", "composite actions"),
        Supported("runs"),
        Supported("runs.using", "`node24`, `node20`, `node16`, `node12`, `composite`, `docker`; others are an error"),
        Supported("runs.main"),
        Supported("runs.pre", "not of an action in the workspace, which is there only later: GitHub's rule"),
        Supported("runs.pre-if"),
        Supported("runs.post"),
        Supported("runs.post-if"),
        Supported("runs.image", "where the backend runs containers: see [containers](containers.md)"),
        Supported("runs.entrypoint"),
        Supported("runs.pre-entrypoint"),
        Supported("runs.post-entrypoint"),
        Supported("runs.args"),
        Supported("runs.env"),
        Supported("runs.steps"),
        Supported("runs.steps.name"),
        Supported("runs.steps.id"),
        Supported("runs.steps.if"),
        Supported("runs.steps.run"),
        Supported("runs.steps.shell"),
        Supported("runs.steps.working-directory"),
        Supported("runs.steps.uses"),
        Supported("runs.steps.with"),
        Supported("runs.steps.env"),
        Supported("runs.steps.continue-on-error"),
        Refused("runs.plugin", "plugins are inside of GitHub's own runner: nobody else has them"),
    ]);
}

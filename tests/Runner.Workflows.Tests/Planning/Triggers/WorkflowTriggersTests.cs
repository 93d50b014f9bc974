using Runner.Jobs.Data;
using Runner.Workflows.Planning.Triggers;

namespace Runner.Workflows.Tests.Planning.Triggers;

public sealed class WorkflowTriggersTests
{
    public static TheoryData<string, string, string?> Pushes => new()
    {
        // on                                                             ref                        why not
        { "push",                                                         "refs/heads/x",            null },
        { "[pull_request, push]",                                         "refs/tags/v1",            null },
        { "pull_request",                                                 "refs/heads/x",            "event 'push' is not in on: pull_request" },
        { "{push: {branches: [main, 'rel/**']}}",                         "refs/heads/rel/1/2",      null },
        { "{push: {branches: main}}",                                     "refs/heads/x",            "branch 'x' is not in branches: main" },
        { "{push: {branches: main}}",                                     "refs/tags/main",          "tag 'main' was pushed, and there are filters for branches only" },
        { "{push: {tags: 'v*'}}",                                         "refs/heads/v1",           "branch 'v1' was pushed, and there are filters for tags only" },
        { "{push: {tags-ignore: 'v*'}}",                                  "refs/tags/v1",            "tag 'v1' is in tags-ignore: v*" },
        { "{push: {branches: main, tags: 'v*'}}",                         "refs/tags/v1",            null },
        { "{push: {branches: main, tags: 'v*'}}",                         "refs/heads/main",         null },
        { "{push: {branches: ['rel/**', '!rel/**-a']}}",                  "refs/heads/rel/1-a",      "branch 'rel/1-a' is not in branches: rel/**, !rel/**-a" },
        { "{push: {branches: ['!rel/**-a', 'rel/**']}}",                  "refs/heads/rel/1-a",      null },
        { "{push: {branches: ['rel/**', '!rel/**-a', 'rel/2-a']}}",       "refs/heads/rel/2-a",      null },
        { "{push: {branches-ignore: [a, b]}}",                            "refs/heads/b",            "branch 'b' is in branches-ignore: a, b" },
        { "{push: }",                                                     "refs/tags/v1",            null },
    };

    [Theory, MemberData(nameof(Pushes))]
    public void Push_runs_what_its_ref_passes(string on, string gitRef, string? reason) =>
        Assert.Equal(reason, Judge(on, new TriggeringEvent { Name = "push", Ref = gitRef }).Reason);

    public static TheoryData<string, string[], string?> Paths => new()
    {
        // filters                                       changed                     why not
        { "{paths: ['**.js']}",                          ["a.md", "src/b.js"],       null },
        { "{paths: ['**.js']}",                          ["a.md"],                   "the changed file 'a.md' is not in paths: **.js" },
        { "{paths: ['**.js']}",                          ["a.md", "b.md"],           "none of the 2 changed files is in paths: **.js" },
        { "{paths: ['**.js']}",                          [],                         "no file changed in paths: **.js" },
        { "{paths: ['sub/**', '!sub/docs/**']}",         ["sub/docs/a"],             "the changed file 'sub/docs/a' is not in paths: sub/**, !sub/docs/**" },
        { "{paths-ignore: ['docs/**']}",                 ["docs/a", "b"],            null },
        { "{paths-ignore: ['docs/**']}",                 ["docs/a", "docs/b"],       "all that changed is in paths-ignore: docs/**" },
        { "{branches: main, paths: 'x'}",                ["x"],                      null },
        { "{branches: dev, paths: 'x'}",                 ["x"],                      "branch 'main' is not in branches: dev" },
    };

    [Theory, MemberData(nameof(Paths))]
    public void Changed_files_decide_where_there_are_filters_for_them(string filters, string[] changed, string? reason)
    {
        var push = new TriggeringEvent { Name = "push", Ref = "refs/heads/main", ChangedPaths = [.. changed] };

        Assert.Equal(reason, Judge($"{{push: {filters}}}", push).Reason);
    }

    [Fact]
    public void Paths_are_not_asked_for_tags_or_where_nobody_knows_them()
    {
        const string on = "{push: {paths: x}}";

        Assert.True(Judge(on, new TriggeringEvent { Name = "push", Ref = "refs/tags/v1", ChangedPaths = ["y"] }).Runs);
        Assert.True(Judge(on, new TriggeringEvent { Name = "push", Ref = "refs/heads/main" }).Runs);
    }

    public static TheoryData<string, string, string, string?> Activities => new()
    {
        // event                  on                                              payload                                         why not
        { "pull_request",         "pull_request",                                 "{action: opened}",                             null },
        { "pull_request",         "pull_request",                                 "{action: labeled}",                            "activity 'labeled' is not in types: opened, synchronize, reopened (the default)" },
        { "pull_request_target",  "{pull_request_target: {branches: main}}",      "{action: closed}",                             "activity 'closed' is not in types: opened, synchronize, reopened (the default)" },
        { "pull_request",         "{pull_request: {types: labeled}}",             "{action: labeled}",                            null },
        { "pull_request",         "{pull_request: {types: [labeled]}}",           "{action: opened}",                             "activity 'opened' is not in types: labeled" },
        { "pull_request",         "{pull_request: {types: [labeled]}}",           "{}",                                           null },
        { "issues",               "issues",                                       "{action: pinned}",                             null },
        { "pull_request",         "{pull_request: {branches: main}}",             "{pull_request: {base: {ref: dev}}}",           "branch 'dev' is not in branches: main" },
        { "merge_group",          "{merge_group: {branches: main}}",              "{merge_group: {base_ref: refs/heads/main}}",   null },
        { "workflow_run",         "{workflow_run: {workflows: [Build]}}",         "{workflow_run: {name: Lint}}",                 "workflow 'Lint' is not in workflows: Build" },
        { "workflow_run",         "{workflow_run: {workflows: [B], branches-ignore: c}}", "{workflow_run: {name: B, head_branch: c}}", "branch 'c' is in branches-ignore: c" },
        { "repository_dispatch",  "{repository_dispatch: {types: [deploy]}}",     "{action: test}",                               "activity 'test' is not in types: deploy" },
        { "schedule",             "{schedule: [{cron: '1 2 * * *'}]}",            "{}",                                           null },
        { "schedule",             "{schedule: [{cron: '1 2 * * *'}]}",            "{schedule: '0 0 * * *'}",                      "schedule '0 0 * * *' is not in cron: 1 2 * * *" },
        { "workflow_dispatch",    "{workflow_dispatch: }",                        "{inputs: {}}",                                 null },
    };

    [Theory, MemberData(nameof(Activities))]
    public void Activity_branch_and_source_decide(string name, string on, string payload, string? reason) =>
        Assert.Equal(reason, Judge(on, new TriggeringEvent { Name = name, Payload = Payload(payload) }).Reason);

    private static TriggerVerdict Judge(string on, TriggeringEvent happened) =>
        WorkflowTriggers.Judge(Plans.Read($"on: {on}\njobs: {{j: {{runs-on: x}}}}"), happened);

    private static DictionaryData Payload(string yaml) => (DictionaryData)Plans.Data(yaml);
}

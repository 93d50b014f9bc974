using Runner.Agent.Checks;
using Runner.Agent.Configuration;
using Runner.GitHub.Inspection;
using Runner.Kubernetes.Client;

namespace Runner.Agent.Tests.Checks;

public sealed class RulesTests
{
    private static readonly RunnerGroupView[] Groups =
    [
        new("Default", true) { AllowsPublicRepositories = true, Visibility = "all" },
        new("gpu", false) { Visibility = "selected" },
    ];

    [Theory]
    [InlineData(0, false, CheckState.Ok, "0 s")]
    [InlineData(9, true, CheckState.Ok, "9 s ahead of GitHub's")]
    [InlineData(-30, false, CheckState.Warning, "30 s behind GitHub's, and times in logs are wrong by that")]
    [InlineData(-30, true, CheckState.Warning, "30 s behind GitHub's, and times")]
    [InlineData(1200, true, CheckState.Warning, "1200 s ahead of GitHub's, so that GitHub refuses the tokens of the App")]
    public void Clock_that_is_off_is_told_with_what_it_breaks(int seconds, bool isApp, CheckState state, string text)
    {
        var result = ClockRules.Judge(TimeSpan.FromSeconds(seconds), isApp);

        Assert.Equal(state, result.State);
        Assert.Contains(text, result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AnnouncedVersion.BuiltIn, 60, CheckState.Ok, "is announced")]
    [InlineData(AnnouncedVersion.BuiltIn, 61, CheckState.Warning, "61 days old: GitHub may refuse it soon (RunnerVersionTooOld)")]
    [InlineData("99.0.0", 400, CheckState.Ok, "newer than the " + AnnouncedVersion.BuiltIn)]
    [InlineData("2.300.0", 1, CheckState.Warning, "older than the " + AnnouncedVersion.BuiltIn)]
    [InlineData("latest", 1, CheckState.Failed, "'latest' is no version")]
    public void Version_that_grows_old_is_told_with_the_setting(string announced, int days, CheckState state, string text)
    {
        var result = VersionRules.Judge(announced, AnnouncedVersion.Released.AddDays(days));

        Assert.Equal(state, result.State);
        Assert.Contains(text, result.Text, StringComparison.Ordinal);
        Assert.True(result.State == CheckState.Ok || result.Fix?.Contains("github.runnerVersion", StringComparison.Ordinal) == true, result.Fix);
    }

    [Theory]
    [InlineData("gpu", CheckState.Ok, "pool a: 'gpu', for selected repositories", null)]
    [InlineData("GPU", CheckState.Ok, "pool a: 'gpu'", null)]
    [InlineData(null, CheckState.Warning, "the group 'Default' lets in jobs of public repositories", "Allow public repositories")]
    [InlineData("default", CheckState.Warning, "the group 'Default'", null)]
    [InlineData("gpus", CheckState.Failed, "there is no runner group 'gpus'", "name one of Default, gpu in runnerGroup; did you mean 'gpu'?")]
    public void Group_is_told_with_whom_it_lets_in(string? group, CheckState state, string text, string? fix)
    {
        var result = Assert.Single(GroupRules.Judge([new PoolOptions { Name = "a", RunnerGroup = group }], Groups, isPublic: null));

        Assert.Equal(state, result.State);
        Assert.Contains(text, result.Text, StringComparison.Ordinal);
        Assert.Contains(fix ?? string.Empty, result.Fix ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public void Public_repository_is_warned_of_and_a_private_one_has_no_groups()
    {
        Assert.Equal(CheckState.Warning, Assert.Single(GroupRules.Judge([], groups: null, isPublic: true)).State);
        Assert.Equal(CheckState.Ok, Assert.Single(GroupRules.Judge([], groups: null, isPublic: false)).State);
    }

    [Theory]
    [InlineData(ClusterFindingKind.There, CheckState.Ok, "storage class fast", null)]
    [InlineData(ClusterFindingKind.Missing, CheckState.Failed, "there is no storage class fast (namespace ci)", "make it, or change kubernetes.storageClass")]
    [InlineData(ClusterFindingKind.Full, CheckState.Warning, "nothing is left just now", "raise the quota")]
    [InlineData(ClusterFindingKind.Unknown, CheckState.Skipped, "storage class fast", null)]
    public void What_the_cluster_lacks_is_told_with_its_setting(ClusterFindingKind kind, CheckState state, string text, string? fix)
    {
        var result = ClusterRules.Judge(new ClusterFinding(kind, "storage class fast", "kubernetes.storageClass"), "ci");

        Assert.Equal(state, result.State);
        Assert.Contains(text, result.Text, StringComparison.Ordinal);
        Assert.Contains(fix ?? string.Empty, result.Fix ?? string.Empty, StringComparison.Ordinal);
    }
}

using System.Text.RegularExpressions;
using Runner.Agent.Board;
using Runner.Agent.Page;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Tests.Page;

public sealed partial class PageHtmlTests
{
    private const string Hostile = "<script>alert(1)</script>\"' onload=x &amp; {x} ünï 🙂";
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Words_of_other_people_are_text_wherever_they_stand()
    {
        var job = Job() with
        {
            Name = Hostile, Workflow = Hostile, Repository = Hostile, Ref = Hostile, Actor = Hostile, Event = Hostile, RunNumber = Hostile, Pool = Hostile,
            Runner = Hostile, Place = Hostile, Labels = [Hostile], Why = Hostile, Reason = Hostile, Message = Hostile, Conclusion = Conclusion.Failed,
        };
        var view = View() with
        {
            Jobs = [job],
            Recent = [job with { State = JobState.Ended }],
            Failures = [new FailureView(Hostile, 1, Hostile, Hostile, Hostile, Now)],
            Pools = [new PoolView { Name = Hostile, Labels = [Hostile], HeldBack = 1, Reason = Hostile, Why = Hostile, Trouble = Hostile }],
        };
        view = view with { Agent = view.Agent with { Instance = Hostile, Problems = [Hostile], Limits = [new LimitView(Hostile, 1, 1, Now, Now)] } };

        foreach (var page in (Html[])[PageHtml.Overview(view, Now), PageHtml.OfJob(view, job, Now), PageHtml.Missing(view, new PageError(Hostile, Hostile), Now)])
        {
            Assert.DoesNotContain("alert(1)<", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("\" onload", page.Text, StringComparison.Ordinal);
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27; onload=x &amp;amp; {x} ünï 🙂", page.Text.Replace("&#x1F642;", "🙂", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Single(Script().Matches(page.Text)); // ours, by its address
            Assert.DoesNotMatch(Inline(), Quoted().Replace(page.Text, "\"\""));
        }
    }

    [Fact]
    public void Every_element_that_is_opened_is_closed()
    {
        var view = View() with { Jobs = [Job()], Recent = [Job() with { State = JobState.Ended, Conclusion = Conclusion.Succeeded }], Pools = [new PoolView { Name = "linux", MaxJobs = 4, Running = 1, Waiting = 1, HeldBack = 1, Why = "full" }] };
        foreach (var page in (Html[])[PageHtml.Overview(view, Now), PageHtml.OfJob(view, Job(), Now), PageHtml.Missing(view, new PageError("none"), Now)])
        {
            var open = new Stack<string>();
            foreach (Match tag in Tag().Matches(page.Text))
            {
                var name = tag.Groups["name"].Value;
                if (name is "meta" or "link" || tag.Groups["self"].Success)
                {
                    continue;
                }

                if (tag.Groups["close"].Success)
                {
                    Assert.Equal(name, open.Pop());
                }
                else
                {
                    open.Push(name);
                }
            }

            Assert.Empty(open);
        }
    }

    [Fact]
    public void Pool_says_why_something_waits()
    {
        PoolView[] pools =
        [
            new() { Name = "a", Free = 3 },
            new() { Name = "b", Free = 0, HeldBack = 1, Reason = "quota", Why = "quota 'ci' has no cpu left" },
            new() { Name = "c", Free = 0, Trouble = "no session with GitHub: 401" },
            new() { Name = "d", Free = 0 },
            new() { Name = "e", Free = 0, HeldBack = 4, Reason = "failing", Why = "no image", Trouble = "takes no jobs, as none can be started: no image" },
        ];

        Assert.Equal(
            [
                string.Empty, "1 place held back (quota): quota 'ci' has no cpu left", "no session with GitHub: 401", "all places are taken",
                "takes no jobs, as none can be started: no image",
            ],
            pools.Select(pool => string.Join("; ", PoolReasons.Of(pool))));
    }

    [Fact]
    public void Log_of_a_job_that_is_over_is_looked_for_at_GitHub()
    {
        var job = Job() with { State = JobState.Ended, JobUrl = new Uri("https://github.test/a/b/actions/runs/1/job/2") };

        var page = PageHtml.OfJob(View(), job, Now).Text;

        Assert.Contains("<a href=\"https://github.test/a/b/actions/runs/1/job/2\" rel=\"noreferrer noopener\">open it there</a>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-log", page, StringComparison.Ordinal);
    }

    internal static AgentView View() => new()
    {
        Agent = new AgentFacts { Instance = "agent-1", Version = "1.2.3", Backend = "host", GitHub = new Uri("https://github.com/acme"), Started = Now.AddHours(-1) },
    };

    internal static JobView Job() => new()
    {
        Id = "11111111-2222-4333-8444-555555555555",
        Name = "build",
        Pool = "linux",
        Runner = "runner-1",
        State = JobState.Running,
        Times = new JobMoments { Seen = Now.AddSeconds(-20), Taken = Now.AddSeconds(-19), Created = Now.AddSeconds(-18), Started = Now.AddSeconds(-10) },
    };

    [GeneratedRegex("<script")]
    private static partial Regex Script();

    // Styles and handlers inside of markup: what the policy forbids, and what an escape that fails would make.
    [GeneratedRegex("<[^>]*\\s(style|on[a-z]+)=", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("<(?<close>/)?(?<name>[a-z][a-z0-9]*)(?:\\s[^<>]*?)?(?<self>/)?>", RegexOptions.ExplicitCapture)]
    private static partial Regex Tag();
}

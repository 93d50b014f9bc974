using System.Collections.Immutable;
using Runner.Agent.Board;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Page;

/// <summary>Jobs as tables. Pure.</summary>
internal static class JobsHtml
{
    // Tables of thousands of rows help nobody; all of them are at /api/v1/jobs.
    private const int MaxActive = 200;
    private const int MaxRecent = 50;

    /// <summary>Jobs that the agent looks after.</summary>
    public static Html Active(ImmutableArray<JobView> jobs, DateTimeOffset now) => Html.Of($"""
        <section aria-labelledby="jobs"><h2 id="jobs">Jobs <span class="count">{jobs.Length}</span></h2>{TimelineHtml.Legend}
        {(jobs.IsEmpty ? new Html("""<p class="empty">No job is here just now.</p>""") : Table(jobs.Take(MaxActive), now, "for"))}
        {Html.If(jobs.Length > MaxActive, $"""<p class="empty">{jobs.Length - MaxActive} more are at <a href="api/v1/jobs">api/v1/jobs</a>.</p>""")}</section>
        """);

    /// <summary>Jobs that have ended.</summary>
    public static Html Recent(ImmutableArray<JobView> jobs, DateTimeOffset now) => Html.Of($"""
        <section aria-labelledby="recent"><h2 id="recent">Recent jobs</h2>
        {(jobs.IsEmpty ? new Html("""<p class="empty">None has ended since this agent started.</p>""") : Table(jobs.Take(MaxRecent), now, "took"))}</section>
        """);

    /// <summary>Why jobs failed.</summary>
    public static Html Failures(ImmutableArray<FailureView> failures, DateTimeOffset now) => Html.If(!failures.IsEmpty, $"""
        <section aria-labelledby="failures"><h2 id="failures">Failures by cause</h2>
        <div class="scroll"><table><thead><tr><th>cause</th><th class="number">jobs</th><th>last</th><th>what it was told</th></tr></thead><tbody>
        {Html.Join(failures.Select(failure => Html.Of($"""
            <tr><th scope="row" data-label="cause">{ShownWords.Cause(failure.Reason)}</th><td class="number" data-label="jobs">{failure.Count}</td>
            <td data-label="last"><a href="jobs/{failure.LastJob}">{failure.LastName}</a> <span class="dim">{ShownWords.Duration(now - failure.LastAt)} ago</span></td>
            <td class="message" data-label="told">{failure.LastMessage ?? "its own log says it"}</td></tr>
            """)))}
        </tbody></table></div></section>
        """);

    /// <summary>A state or a result as a word with a sign.</summary>
    public static Html Badge(JobView job) => job.Conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues => new Html("""<span class="badge good">✓ success</span>"""),
        Conclusion.Failed or Conclusion.Abandoned => Html.Of($"""<span class="badge bad">✗ {ShownWords.Of(job.Conclusion.Value)}</span>"""),
        { } other => Html.Of($"""<span class="badge">■ {ShownWords.Of(other)}</span>"""),
        null => Html.Of($"""<span class="badge {(job.State == JobState.Running ? "live" : "waits")}">{ShownWords.Of(job.State)}</span>"""),
    };

    /// <summary>Links to GitHub.</summary>
    public static Html Links(JobView job)
    {
        var number = job.RunNumber is null ? "run" : $"run #{job.RunNumber}";
        return Html.Of($"""
            {(job.RunUrl is { } run ? Html.Of($"""<a href="{run.AbsoluteUri}" rel="noreferrer noopener">{number}</a>""") : Html.Of($"{number}"))}
            {(job.JobUrl is { } url ? Html.Of($""" · <a href="{url.AbsoluteUri}" rel="noreferrer noopener">job</a>""") : Html.None)}
            """);
    }

    private static Html Table(IEnumerable<JobView> jobs, DateTimeOffset now, string lasted) => Html.Of($"""
        <div class="scroll"><table class="jobs"><thead><tr><th>job</th><th>state</th><th class="number">{lasted}</th>
        <th>timeline</th><th>pool</th><th>where</th><th>GitHub</th></tr></thead><tbody>
        {Html.Join(jobs.Select(job => Row(job, now, lasted)))}
        </tbody></table></div>
        """);

    private static Html Row(JobView job, DateTimeOffset now, string lasted) => Html.Of($"""
        <tr data-job="{job.Id}"><th scope="row"><a href="jobs/{job.Id}">{job.Name}</a><span class="sub">{Origin(job)}</span></th>
        <td data-label="state">{Badge(job)}{Cause(job)}</td>
        <td class="number" data-label="{lasted}">{Lasted(job, now)}</td>
        <td class="bar" data-label="timeline">{TimelineHtml.Of(job, now)}{Html.If(job.Why is not null, $"""<span class="sub why">{job.Why}</span>""")}</td>
        <td data-label="pool">{job.Pool}</td><td data-label="where">{job.Place ?? "–"}</td><td data-label="GitHub">{Links(job)}</td></tr>
        """);

    private static Html Cause(JobView job) => job.Reason is { } reason and not ("none" or "canceled")
        ? Html.Of($"""<span class="sub">{ShownWords.Cause(reason)}</span>""")
        : Html.None;

    /// <summary>Where a job comes from, on a line.</summary>
    public static string Origin(JobView job) => string.Join(" · ", new[] { job.Repository, job.Workflow, job.Ref }.OfType<string>());

    /// <summary>How long it took, or has taken.</summary>
    public static Html Lasted(JobView job, DateTimeOffset now)
    {
        var text = ShownWords.Duration(ShownWords.Lasted(job, now));
        var since = job.Times.Started ?? job.Times.Taken ?? job.Times.Seen;
        return job.State != JobState.Ended && since is { } start ? Html.Of($"""<span data-since="{TimelineHtml.Moment(start)}">{text}</span>""") : Html.Of($"{text}");
    }
}

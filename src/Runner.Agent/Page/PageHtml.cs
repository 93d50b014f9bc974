using Runner.Agent.Board;

namespace Runner.Agent.Page;

/// <summary>The pages. What changes stands in <c>main</c>, which the script exchanges; without it the browser loads the page again and again. Pure.</summary>
internal static class PageHtml
{
    /// <summary>What the agent does.</summary>
    public static Html Overview(AgentView view, DateTimeOffset now) => Document(view.Agent, $"{view.Agent.Instance} · runner", "./", Html.Of($"""
        <main data-watch="./" data-now="{TimelineHtml.Moment(now)}">
        {Problems(view.Agent)}
        {PoolsHtml.Of(view.Pools, now)}
        {JobsHtml.Active(view.Jobs, now)}
        {JobsHtml.Recent(view.Recent, now)}
        {JobsHtml.Failures(view.Failures, now)}
        {PoolsHtml.Limits(view.Agent.Limits, now)}
        </main>
        """), now, reloads: true);

    /// <summary>A job.</summary>
    public static Html OfJob(AgentView view, JobView job, DateTimeOffset now) => Document(view.Agent, $"{job.Name} · runner", "../", Html.Of($"""
        <main data-watch="{job.Id}" data-now="{TimelineHtml.Moment(now)}"><p class="back"><a href="../">← all jobs</a></p>
        <section><h2 class="title">{job.Name} {JobsHtml.Badge(job)}</h2><p class="sub">{JobsHtml.Origin(job)}</p>
        {Html.If(job.Message is not null, $"""<p class="note bad">{job.Message}</p>""")}{Html.If(job.Why is not null, $"""<p class="note">It waits: {job.Why}</p>""")}
        {TimelineHtml.Of(job, now)}{TimelineHtml.List(job, now)}
        <dl>
        {Row("GitHub", JobsHtml.Links(job))}
        {Row("pool", job.Pool)}
        {Row("runner", job.Runner)}
        {Row("where", job.Place)}
        {Row("labels", string.Join(", ", job.Labels))}
        {Row("started by", string.Join(", ", new[] { job.Actor, job.Event }.OfType<string>()))}
        {Row("launches before", job.Attempt == 0 ? null : $"{job.Attempt}")}
        {Row("adopted", job.IsAdopted ? "yes, from an agent that is gone" : null)}
        {Row("job id", job.Id)}
        </dl></section></main>
        {Log(job)}
        """), now, reloads: false);

    /// <summary>A page that says why there is none.</summary>
    public static Html Missing(AgentView view, PageError error, DateTimeOffset now) => Document(view.Agent, "runner", "../", Html.Of($"""
        <main><p class="back"><a href="../">← all jobs</a></p><section><h2 class="title">Not here</h2><p class="note">{error.Error}</p>
        {Html.If(error.Nearest is not null, $"""<p>Did you mean <a href="{error.Nearest}">{error.Nearest}</a>?</p>""")}</section></main>
        """), now, reloads: false);

    private static Html Log(JobView job) => job.State switch
    {
        JobState.Ended => Html.Of($"""
            <section><h2>Log</h2><p class="empty">The job is over, and its log is at GitHub{AtGitHub(job)}.</p></section>
            """),
        _ => Html.Of($"""
            <section><h2>Log <span class="count" id="log-state">live</span> <a class="plain" href="../api/v1/jobs/{job.Id}/log?follow=true">as plain text</a></h2>
            <pre id="log" tabindex="0" data-log="../api/v1/jobs/{job.Id}/log?follow=true"></pre></section>
            """),
    };

    private static Html AtGitHub(JobView job) => job.JobUrl is { } url
        ? Html.Of($""": <a href="{url.AbsoluteUri}" rel="noreferrer noopener">open it there</a>""")
        : Html.None;

    private static Html Row(string name, string? text) => Html.If(!string.IsNullOrEmpty(text), $"<div><dt>{name}</dt><dd>{text}</dd></div>");

    private static Html Row(string name, Html markup) => Html.Of($"<div><dt>{name}</dt><dd>{markup}</dd></div>");

    private static Html Problems(AgentFacts agent) => Html.If(!agent.Problems.IsEmpty, $"""
        <section class="problems" aria-label="problems"><h2>Not ready</h2><ul>{Html.Join(agent.Problems.Select(problem => Html.Of($"<li>{problem}</li>")))}</ul></section>
        """);

    private static Html Document(AgentFacts agent, string title, string root, Html main, DateTimeOffset now, bool reloads) => Html.Of($"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        <title>{title}</title><link rel="icon" href="{root}icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="{root}page.css"><script src="{root}page.js" defer></script>
        {(reloads ? new Html("""<noscript><meta http-equiv="refresh" content="10"></noscript>""") : Html.None)}</head><body data-root="{root}">
        <header><h1><a href="{root}">{agent.Instance}</a></h1>
        <p>takes jobs of
        <a href="{agent.GitHub.AbsoluteUri}" rel="noreferrer noopener">{agent.GitHub.Host}{agent.GitHub.AbsolutePath}</a> for <b>{agent.Backend}</b></p>
        <p class="right"><span id="live" class="badge" hidden></span>
        <span class="dim">version {agent.Version}, up {ShownWords.Duration(now - agent.Started)}</span></p></header>
        {main}
        <footer>What this agent does; each agent has a page of its own.
        <a href="{root}api/v1/pools">pools</a> and <a href="{root}api/v1/jobs">jobs</a> as JSON.</footer>
        </body></html>
        """);
}

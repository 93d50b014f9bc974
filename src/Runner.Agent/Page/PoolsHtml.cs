using System.Collections.Immutable;
using System.Globalization;
using Runner.Agent.Board;
using Runner.Agent.Configuration;

namespace Runner.Agent.Page;

/// <summary>Pools and GitHub's limits as tables. Pure.</summary>
internal static class PoolsHtml
{
    /// <summary>The pools: what they have, and why something waits.</summary>
    public static Html Of(ImmutableArray<PoolView> pools, DateTimeOffset now) => Html.Of($"""
        <section aria-labelledby="pools"><h2 id="pools">Pools</h2>
        <div class="scroll"><table class="pools"><thead><tr><th>pool</th><th>places</th>
        <th class="number">running</th><th class="number">starting</th><th class="number">room for</th>
        <th>queued at GitHub</th><th>why something waits</th></tr></thead><tbody>
        {Html.Join(pools.Select(pool => Row(pool, now)))}
        </tbody></table></div></section>
        """);

    /// <summary>GitHub's limits on calls.</summary>
    public static Html Limits(ImmutableArray<LimitView> limits, DateTimeOffset now) => Html.If(!limits.IsEmpty, $"""
        <section aria-labelledby="limits"><h2 id="limits">GitHub's limits</h2>
        <div class="scroll"><table><thead><tr><th>resource</th><th class="number">calls left</th><th>full again</th><th></th></tr></thead><tbody>
        {Html.Join(limits.Select(limit => Html.Of($"""
            <tr><th scope="row">{limit.Resource}</th><td class="number" data-label="calls left">{Number(limit.Remaining)} of {Number(limit.Limit)}</td>
            <td data-label="full again">{(limit.Reset is { } reset && reset > now ? "in " + ShownWords.Duration(reset - now) : "–")}</td>
            <td>{Html.If(limit.ClosedUntil > now, $"""<span class="badge bad">GitHub asked to wait {ShownWords.Duration((limit.ClosedUntil ?? now) - now)}</span>""")}</td></tr>
            """)))}
        </tbody></table></div></section>
        """);

    private static Html Row(PoolView pool, DateTimeOffset now) => Html.Of($"""
        <tr><th scope="row">{pool.Name}<span class="sub">{(pool.Mode == PoolMode.ScaleSet ? "scale set" : "runners")} · {string.Join(", ", pool.Labels)}</span></th>
        <td class="bar" data-label="places">{Places(pool)}</td>
        <td class="number" data-label="running">{pool.Running}</td><td class="number" data-label="starting">{pool.Waiting}</td>
        <td class="number" data-label="room for">{pool.Free}</td><td data-label="queued">{Queue(pool, now)}</td>
        <td class="why" data-label="why">{Why(pool)}</td></tr>
        """);

    private static Html Why(PoolView pool)
    {
        var reasons = PoolReasons.Of(pool).ToList();
        var text = reasons.Count == 0 ? new Html("""<span class="dim">nothing does</span>""") : Html.Of($"{string.Join("; ", reasons)}");
        return Html.Of($"""{Html.If(pool.IsStopped, $"""<span class="badge bad">stopped</span> """)}{text}""");
    }

    private static Html Queue(PoolView pool, DateTimeOffset now) => pool switch
    {
        { Queue: { } queue } => Html.Of($"""{queue.Queued} <span class="dim">{ShownWords.Duration(now - queue.At)} ago</span>"""),
        { Mode: PoolMode.ScaleSet } => new Html("""<span class="dim">not told yet</span>"""),
        _ => new Html("""<span class="dim" title="GitHub tells the queue of scale sets only">not told</span>"""),
    };

    // As many cells as there are places, up to what a person can count.
    private static Html Places(PoolView pool)
    {
        var total = Math.Max(1, Math.Max(pool.MaxJobs, pool.Running + pool.Waiting));
        var words = $"{Count(pool.Running, "job")} running, {pool.Waiting} starting, {pool.HeldBack} held back, of {Count(pool.MaxJobs, "place")}";
        (string Class, int Count)[] parts = [("stage-running", pool.Running), ("stage-starting", pool.Waiting), ("held", pool.HeldBack)];
        var left = 0.0;
        return Html.Of($"""
            <svg class="timeline" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="{words}"><title>{words}</title>
            <rect class="free" width="1000" height="10"/>{Html.Join(parts.Where(part => part.Count > 0).Select(part =>
            {
                var width = 1000.0 * part.Count / total;
                var bar = Html.Of($"""<rect class="{part.Class}" x="{Number(left)}" width="{Number(width)}" height="10"/>""");
                left += width;
                return bar;
            }))}</svg><span class="sub">{pool.Running + pool.Waiting} of {pool.MaxJobs} taken</span>
            """);
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Number(int? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "?";
}

using System.Globalization;
using Runner.Agent.Board;

namespace Runner.Agent.Page;

/// <summary>A job's stages as a bar. Widths are attributes of SVG, since the page allows no styles of its own. Pure.</summary>
internal static class TimelineHtml
{
    private const double Width = 1000;

    // So that what took no time is seen to have been.
    private const double Least = 6;

    /// <summary>The bar.</summary>
    public static Html Of(JobView job, DateTimeOffset now)
    {
        var stages = JobStages.Of(job.Times);
        if (stages.IsEmpty)
        {
            return Html.None;
        }

        var words = string.Join(", ", stages.Select(stage => $"{ShownWords.Of(stage.Stage)} {ShownWords.Duration(stage.Lasted(now))}"));
        return Html.Of($"""<svg class="timeline" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="{words}">{Bars([.. stages], now)}</svg>""");
    }

    /// <summary>The stages as a list, with how long each took.</summary>
    public static Html List(JobView job, DateTimeOffset now) => Html.Of($"""
        <ol class="stages">{Html.Join(JobStages.Of(job.Times).Select(stage => Html.Of($"<li>{Key(stage.Stage)} {Lasted(stage, now)}</li>")))}</ol>
        """);

    /// <summary>What the colours of the bars mean.</summary>
    public static Html Legend { get; } = Html.Of($"""
        <ul class="stages legend" aria-label="colours of the timelines">{Html.Join(Enum.GetValues<JobStage>().Select(stage => Html.Of($"<li>{Key(stage)}</li>")))}</ul>
        """);

    private static Html Key(JobStage stage) => Html.Of($"""
        <svg class="key" viewBox="0 0 1 1" aria-hidden="true"><rect class="{Class(stage)}" width="1" height="1"/></svg>{ShownWords.Of(stage)}
        """);

    private static Html Lasted(StageView stage, DateTimeOffset now) => stage.End is null
        ? Html.Of($"""<b data-since="{Moment(stage.Start)}">{ShownWords.Duration(stage.Lasted(now))}</b>""")
        : Html.Of($"<b>{ShownWords.Duration(stage.Lasted(now))}</b>");

    /// <summary>A moment for scripts.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static Html Bars(StageView[] stages, DateTimeOffset now)
    {
        var total = Math.Max(1, stages.Sum(stage => stage.Lasted(now).TotalMilliseconds));
        var spare = Width - (Least * stages.Length);
        var left = 0.0;
        return Html.Join(stages.Select(stage =>
        {
            var width = Least + (spare * stage.Lasted(now).TotalMilliseconds / total);
            var words = $"{ShownWords.Of(stage.Stage)} {ShownWords.Duration(stage.Lasted(now))}";
            var bar = Html.Of($"""
                <rect class="{Class(stage.Stage)}" x="{Number(left)}" width="{Number(width)}" height="10"><title>{words}</title></rect>
                """);
            left += width;
            return bar;
        }));
    }

    private static string Class(JobStage stage) => $"stage-{ShownWords.Of(stage).Replace(' ', '-')}";

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}

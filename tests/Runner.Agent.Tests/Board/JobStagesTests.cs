using Runner.Agent.Board;

namespace Runner.Agent.Tests.Board;

public sealed class JobStagesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string> Lives => new()
    {
        // seconds of: queued seen taken created scheduled started first last ended                  stages
        { "0 4 5 6 8 20 21 81 83", "queued 4.0s, acquired 1.0s, waiting 1.0s, scheduling 2.0s, starting 12s, setting up 1.0s, running 1m 00s, reporting 2.0s" },
        { "- 4 5 6 - 20 21 81 83", "acquired 1.0s, waiting 1.0s, starting 14s, setting up 1.0s, running 1m 00s, reporting 2.0s" },
        { "- 4 5 - - - - - -", "acquired 1.0s, waiting …" },
        { "- 4 5 6 - - - - -", "acquired 1.0s, waiting 1.0s, scheduling …" },
        { "- 4 5 6 8 20 - - -", "acquired 1.0s, waiting 1.0s, scheduling 2.0s, starting 12s, running …" },
        { "- 4 5 6 8 20 21 81 -", "acquired 1.0s, waiting 1.0s, scheduling 2.0s, starting 12s, setting up 1.0s, running 1m 00s, reporting …" },
        { "- 4 5 6 8 20 - - 30", "acquired 1.0s, waiting 1.0s, scheduling 2.0s, starting 12s, running 10s" },
        { "- 4 5 6 - - - - 30", "acquired 1.0s, waiting 1.0s, starting 24s" },
        { "- 4 5 - - - - - 30", "acquired 1.0s, waiting 25s" },
        { "- 4 5 6 2 20 - - -", "acquired 1.0s, waiting 1.0s, starting 14s, running …" }, // the API server's clock is behind
        { "- - - - - 20 - - -", "running …" },
        { "- - - - - - - - -", string.Empty },
    };

    [Theory, MemberData(nameof(Lives))]
    public void Moments_become_stages_without_gaps(string seconds, string stages)
    {
        var moments = seconds.Split(' ').Select(text => text == "-" ? (DateTimeOffset?)null : Start.AddSeconds(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        var times = new JobMoments
        {
            Queued = moments[0], Seen = moments[1], Taken = moments[2], Created = moments[3], Scheduled = moments[4], Started = moments[5],
            FirstStep = moments[6], LastStep = moments[7], Ended = moments[8],
        };

        var found = JobStages.Of(times);

        Assert.Equal(stages, string.Join(", ", found.Select(stage => $"{ShownWords.Of(stage.Stage)} {(stage.End is null ? "…" : ShownWords.Duration(stage.Lasted(Start)))}")));
        Assert.All(found.Zip(found.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
    }

    [Theory]
    [InlineData(0.04, "0.0s")]
    [InlineData(9.4, "9.4s")]
    [InlineData(59.9, "59s")]
    [InlineData(185, "3m 05s")]
    [InlineData(3720, "1h 02m")]
    [InlineData(183600, "2d 03h")]
    [InlineData(-5, "0.0s")]
    public void Durations_are_short(double seconds, string text) => Assert.Equal(text, ShownWords.Duration(TimeSpan.FromSeconds(seconds)));
}

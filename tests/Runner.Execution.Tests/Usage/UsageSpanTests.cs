using Runner.Execution.Usage;

namespace Runner.Execution.Tests.Usage;

public sealed class UsageSpanTests
{
    public static TheoryData<string, long?, long?, (long Bytes, long Cache)[], long?> Peaks => new()
    {
        // what                                             mark before  after  samples                              peak
        { "no mark: the highest sample",                    null,        null,  [(100, 10), (300, 50), (200, 20)],   300 },
        { "the mark stood before: samples count",           900,         900,   [(100, 10), (300, 50)],              300 },
        { "it rose between two samples",                    400,         900,   [(100, 10), (300, 50)],              850 },
        { "it rose by cache alone",                         400,         900,   [(100, 10), (300, 600)],             300 },
        { "nothing was seen",                               400,         900,   [],                                  null },
    };

    [Theory, MemberData(nameof(Peaks))]
    public void Peak_is_of_samples_and_of_a_mark_that_rose(string what, long? before, long? after, (long Bytes, long Cache)[] samples, long? peak)
    {
        var span = new UsageSpan(TimeSpan.FromSeconds(2), before);
        foreach (var (bytes, cache) in samples)
        {
            span.Add(new MemorySample(bytes, cache));
        }

        span.Add(sample: null);
        span.End(TimeSpan.FromSeconds(5), after);

        Assert.True(peak == span.PeakBytes, $"{what}: {span.PeakBytes}");
        Assert.Equal(TimeSpan.FromSeconds(3), span.Cpu);
    }
}

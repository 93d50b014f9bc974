using System.Globalization;
using Runner.Jobs.Outcomes;

namespace Runner.Jobs.Tests.Outcomes;

public sealed class JobUsageTests
{
    public static TheoryData<string, bool> Usages => new()
    {
        // what an outcome says                                                             whether it is taken
        { """{"cpuSeconds": 1.5, "peakMemoryBytes": 1024, "seconds": 60}""",                 true },
        { "{}",                                                                             true },
        { """{"cpuSeconds": 1e999}""",                                                      false },
        { """{"cpuSeconds": 1e308}""",                                                      false },
        { """{"seconds": -1}""",                                                            false },
        { """{"peakMemoryBytes": 9000000000000000000}""",                                   false },
        { """{"memoryLimitBytes": -1}""",                                                   false },
    };

    [Theory, MemberData(nameof(Usages))]
    public void Numbers_that_no_machine_can_have_are_not_taken_and_the_outcome_is(string usage, bool isTaken)
    {
        var isOutcome = WorkerOutcome.TryParse(string.Create(CultureInfo.InvariantCulture, $$"""{"conclusion": "succeeded", "isReported": true, "usage": {{usage}}}"""), out var outcome);

        Assert.True(isOutcome);
        Assert.Equal((Conclusion.Succeeded, isTaken), (outcome?.Conclusion, outcome?.Usage is not null));
    }
}

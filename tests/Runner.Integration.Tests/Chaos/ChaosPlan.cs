using System.Globalization;

namespace Runner.Integration.Tests.Chaos;

/// <summary>How long a test makes trouble, and how much of it. The short form runs with all tests; the long one is asked for by variables.</summary>
/// <param name="Duration">Time in which agents are killed: <c>RUNNER_TEST_CHAOS_MINUTES</c>.</param>
/// <param name="Jobs">Jobs that are queued in this time: <c>RUNNER_TEST_CHAOS_JOBS</c>.</param>
/// <param name="Seed">What the moments are made of: <c>RUNNER_TEST_CHAOS_SEED</c>, by which a failure is tried again; else a new one.</param>
internal sealed record ChaosPlan(TimeSpan Duration, int Jobs, int Seed)
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(6);
    private const int ShortJobs = 9;
    private const int LongJobs = 200;

    /// <summary>Longest time that the jobs which are left then may take.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(90) + Jobs * TimeSpan.FromSeconds(6);

    /// <summary>The plan of this test run.</summary>
    public static ChaosPlan Read()
    {
        var minutes = Number("RUNNER_TEST_CHAOS_MINUTES");
        return new ChaosPlan(
            minutes is { } asked ? TimeSpan.FromMinutes(asked) : Short,
            (int)(Number("RUNNER_TEST_CHAOS_JOBS") ?? (minutes is null ? ShortJobs : LongJobs)),
            (int)(Number("RUNNER_TEST_CHAOS_SEED") ?? Random.Shared.Next(1_000_000)));
    }

    /// <summary>A number of jobs that is told by a variable of its own.</summary>
    public static int JobsOf(string variable, int usual) => (int)(Number(variable) ?? usual);

    private static double? Number(string name)
    {
#pragma warning disable RS0030 // tests take their environment directly
        var text = Environment.GetEnvironmentVariable(name);
#pragma warning restore RS0030
        return string.IsNullOrEmpty(text) ? null : double.Parse(text, CultureInfo.InvariantCulture);
    }
}

using System.Diagnostics;

namespace Runner.Execution.Tests;

/// <summary>
/// Whether work takes time in proportion to its size. It compares the times of one size and of four times that: no clock's limit, which says more about
/// the machine than about the work.
/// </summary>
internal static class Growth
{
    // Linear work takes 4 times as long, quadratic work 16 times.
    private const double MostTimes = 10;

    private const int Tries = 5;

    /// <summary>Fails where four times the size takes much more than four times as long, in every one of some tries.</summary>
    /// <param name="work">Does work of a size.</param>
    /// <param name="size">The smaller size; large enough that its time is milliseconds.</param>
    public static void AssertLinear(Action<int> work, int size)
    {
        work(size / 8); // compiled, and its memory is there
        var ratios = new List<double>();
        for (var i = 0; i < Tries; i++)
        {
            ratios.Add(TimeOf(work, 4 * size) / TimeOf(work, size));
            if (ratios[^1] < MostTimes)
            {
                return;
            }
        }

        Assert.Fail($"Four times the size takes {string.Join(", ", ratios.Select(ratio => ratio.ToString("F1", System.Globalization.CultureInfo.InvariantCulture)))} times as long");
    }

    private static double TimeOf(Action<int> work, int size)
    {
        var watch = Stopwatch.StartNew();
        work(size);
        return Math.Max(watch.Elapsed.TotalMilliseconds, 1);
    }
}

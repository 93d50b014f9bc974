using Microsoft.Extensions.Time.Testing;
using Runner.Execution.Actions;
using Runner.Testing;

namespace Runner.Execution.Tests.Actions;

public sealed class ActionCacheLimitTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Now);

    private ActionCacheLimit Limit => new(maxBytes: 20, _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Archives_unused_for_the_longest_time_go_until_the_rest_fits()
    {
        Write("o_a/1.tar.gz", 10, TimeSpan.FromDays(3));
        Write("o_a/2.tar.gz", 10, TimeSpan.FromDays(2));
        Write("o_b/3.tar.gz", 10, TimeSpan.FromDays(1));
        Limit.Touch(_folder["o_a/1.tar.gz"]);

        Limit.Enforce(_folder.FullPath);

        Assert.Equal(["o_a/1.tar.gz", "o_b/3.tar.gz"], Files());
    }

    [Fact]
    public void Archive_that_a_job_may_be_reading_stays_whatever_the_limit()
    {
        Write("o_a/1.tar.gz", 30, TimeSpan.FromMinutes(59));
        Write("o_a/2.tar.gz", 30, TimeSpan.FromMinutes(61));

        Limit.Enforce(_folder.FullPath);

        Assert.Equal(["o_a/1.tar.gz"], Files());
    }

    [Fact]
    public void Draft_of_a_job_that_was_killed_goes_after_a_day()
    {
        Write("o_a/.1.x", 1, TimeSpan.FromHours(25));
        Write("o_a/.1.y", 1, TimeSpan.FromHours(23));

        Limit.Enforce(_folder.FullPath);

        Assert.Equal(["o_a/.1.y"], Files());
    }

    private void Write(string name, int bytes, TimeSpan age)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name]) ?? string.Empty);
        File.WriteAllBytes(_folder[name], new byte[bytes]);
        File.SetLastWriteTimeUtc(_folder[name], (Now - age).UtcDateTime);
    }

    private IEnumerable<string> Files() => Directory
        .EnumerateFiles(_folder.FullPath, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(_folder.FullPath, file))
        .Order(StringComparer.Ordinal);
}

using System.Text;
using Runner.Worker.Reporting;

namespace Runner.Worker.Tests.Reporting;

public sealed class LineStampTests
{
    [Theory]
    [InlineData("2026-01-31T08:15:30.1234567+00:00", "2026-01-31T08:15:30.1234567Z ")]
    [InlineData("2026-01-31T08:15:30+02:00", "2026-01-31T06:15:30.0000000Z ")]
    [InlineData("2026-12-31T23:59:59.9999999+00:00", "2026-12-31T23:59:59.9999999Z ")]
    public void A_stamp_is_utc_with_seven_digits(string moment, string expected) => Assert.Equal(expected, Stamp(new LineStamp(), moment));

    [Fact]
    public void The_part_that_is_kept_follows_the_seconds()
    {
        var stamp = new LineStamp();

        Stamp(stamp, "2026-01-31T08:15:30.9+00:00");

        Assert.Equal("2026-01-31T08:15:30.0000001Z ", Stamp(stamp, "2026-01-31T08:15:30.0000001+00:00"));
        Assert.Equal("2026-01-31T08:15:31.0000000Z ", Stamp(stamp, "2026-01-31T08:15:31+00:00"));
    }

    private static string Stamp(LineStamp stamp, string moment)
    {
        var bytes = new byte[LineStamp.Length];
        stamp.Write(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture), bytes);
        return Encoding.ASCII.GetString(bytes);
    }
}

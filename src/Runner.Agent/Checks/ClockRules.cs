using System.Globalization;

namespace Runner.Agent.Checks;

/// <summary>Whether this machine's clock is near enough to GitHub's. Pure.</summary>
internal static class ClockRules
{
    private const string Name = "clock";

    // A date of an HTTP answer has whole seconds, and was on its way.
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(10);

    // GitHub refuses an App's token that begins in the future, and ours begins a minute ago.
    private static readonly TimeSpan AppsLimit = TimeSpan.FromSeconds(55);

    /// <summary>Judges the difference.</summary>
    /// <param name="ahead">How far this machine is ahead of GitHub; negative: behind.</param>
    /// <param name="isApp">Whether the credentials are a GitHub App's.</param>
    public static CheckResult Judge(TimeSpan ahead, bool isApp)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(ahead.TotalSeconds):F0} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} GitHub's");
        return ahead.Duration() <= Noticeable ? CheckResult.Ok(Name, $"this machine's is {text}")
            : CheckResult.Warning(
                Name,
                $"this machine's is {text}" + (isApp && ahead.Duration() > AppsLimit ? ", so that GitHub refuses the tokens of the App" : ", and times in logs are wrong by that"),
                "set the machine's clock (chronyd or systemd-timesyncd); a pod has its node's");
    }
}

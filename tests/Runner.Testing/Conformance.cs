namespace Runner.Testing;

/// <summary>Test data that GitHub publishes. It is no part of the project: it lies beside a checkout, or nowhere.</summary>
public static class Conformance
{
    /// <summary>What a test says when it skips itself.</summary>
    public const string SkipReason = "GitHub's conformance data is not here: RUNNER_CONFORMANCE_DIR names its folder (see CONTRIBUTING.md)";

    // As many tests are skipped without the data as it has files, so that a run without it cannot pass for a whole one.
    private static readonly Dictionary<string, int> Sizes = new(StringComparer.Ordinal) { ["expressions"] = 27, ["workflows"] = 99 };

    /// <summary>The folder with the data (<c>expressions</c>, <c>workflows</c>, <c>schema</c>), or <c>null</c> where it is absent.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>The files of one suite in order of their names; none where the data is absent.</summary>
    public static IReadOnlyList<string> Files(string suite, string pattern) =>
        Folder is null ? [] : [.. Directory.GetFiles(Path.Combine(Folder, suite), pattern).Order(StringComparer.Ordinal)];

    /// <summary>The names of a suite's files, one a test; where the data is absent stand-ins, whose tests skip themselves.</summary>
    public static IEnumerable<string> Cases(string suite, string pattern) => Folder is null
        ? Enumerable.Range(1, Sizes[suite]).Select(number => $"{suite} {number} of {Sizes[suite]}")
        : Files(suite, pattern).Select(Path.GetFileNameWithoutExtension).OfType<string>();

    private static string? Find()
    {
#pragma warning disable RS0030 // tests take their environment directly
        var named = Environment.GetEnvironmentVariable("RUNNER_CONFORMANCE_DIR");
#pragma warning restore RS0030
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "conformance");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}

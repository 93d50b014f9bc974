using System.Globalization;

namespace Runner.Worker.Jobs;

/// <summary>The moment at which the set-up container started, left beside the payload for the worker: a line of ISO 8601.</summary>
internal static class SetupNote
{
    private const string FileName = "setup-started";

    /// <summary>Leaves it; gives its path.</summary>
    public static string Leave(string folder, DateTimeOffset started)
    {
        var path = Path.Combine(folder, FileName);
        File.WriteAllText(path, started.ToString("O", CultureInfo.InvariantCulture));
        return path;
    }

    /// <summary>Reads and removes it; <c>null</c> where there is none.</summary>
    public static DateTimeOffset? Take(string? folder)
    {
        var path = Path.Combine(folder ?? string.Empty, FileName);
        try
        {
            var text = File.ReadAllText(path);
            File.Delete(path);
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var started) ? started : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // only a time that people like to see
        }
    }
}

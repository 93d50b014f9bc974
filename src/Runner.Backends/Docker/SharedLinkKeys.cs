using System.Globalization;
using Runner.Jobs;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;

namespace Runner.Backends.Docker;

/// <summary>
/// Keys of jobs' requests that the agents of one installation make alike from what they share: a job's payload is kept nowhere, and with it
/// went the key of a job whose agent ended.
/// </summary>
/// <param name="file">Holds what they share, or <c>null</c>: they share nothing.</param>
internal sealed class SharedLinkKeys(string? file)
{
    /// <summary>The key of a launch, or <c>null</c>: there is none that another agent could make too.</summary>
    public Secret? Find(JobId job, int attempt)
    {
        try
        {
            return file is not null && File.ReadAllBytes(file) is { Length: > 0 } shared
                ? LinkKey.Derive(shared, string.Create(CultureInfo.InvariantCulture, $"{job}/{attempt}"))
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // the job runs all the same
        }
    }
}

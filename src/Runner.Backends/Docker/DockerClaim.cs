using Runner.Jobs;

namespace Runner.Backends.Docker;

/// <summary>Says which of several agents of this machine has adopted a job: labels of a container that is there cannot be changed.</summary>
internal static class DockerClaim
{
    /// <summary>Takes the job for this process until the result is disposed, or <c>null</c> where another living one has it.</summary>
    public static IDisposable? TryTake(JobId job)
    {
        try
        {
            return new FileStream(
                Path.Combine(Path.GetTempPath(), $"runner-docker-{job}.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 0,
                FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null; // locked
        }
    }
}

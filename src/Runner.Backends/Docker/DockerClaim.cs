using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Backends.Docker;

/// <summary>Says which of several agents of this machine has adopted a job: labels of a container that is there cannot be changed.</summary>
internal static class DockerClaim
{
    /// <summary>Takes the job for this process until the result is disposed, or <c>null</c> where another living one has it.</summary>
    /// <exception cref="InfrastructureException">Somebody else has taken the folder of the claims.</exception>
    public static IDisposable? TryTake(JobId job)
    {
        var folder = PrivateFolder.InTemporary("runner-docker");
        PrivateFolder.Make(folder);
        try
        {
            return new FileStream(
                Path.Combine(folder, $"{job}.lock"),
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

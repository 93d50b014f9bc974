using System.Text;
using System.Text.Json.Nodes;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;

namespace Runner.Kubernetes.Spec;

/// <summary>
/// The <c>credentials</c> of a job's containers as a pull secret. They stand in the job's own Secret, beside its payload, so that they come and
/// go with it. Pure.
/// </summary>
/// <remarks>
/// A kubelet looks for the longest beginning of an image's full name among <c>auths</c>, so each login is named by its repository: two images of
/// one registry may have different ones. Source: <c>Pull an Image from a Private Registry</c> and <c>Images</c> of the Kubernetes documentation.
/// </remarks>
internal static class RegistryLogins
{
    /// <summary>Type of a Secret that a kubelet takes logins from.</summary>
    public const string SecretType = "kubernetes.io/dockerconfigjson";

    /// <summary>Its key in it.</summary>
    public const string SecretKey = ".dockerconfigjson";

    /// <summary>Whether a job gives any.</summary>
    public static bool AreIn(JobContainers containers) => All(containers).Any();

    /// <summary>The value of the key.</summary>
    /// <exception cref="WorkflowException">Two containers have different logins for one repository, of which a pod can have one.</exception>
    public static byte[] ToDockerConfig(JobContainers containers)
    {
        var logins = new SortedDictionary<string, (string Where, RegistryCredentials Login)>(StringComparer.Ordinal);
        foreach (var (where, image, login) in All(containers))
        {
            var name = ImageName.Parse(image);
            var repository = $"{name.Registry}/{name.Repository}";
            if (!logins.TryAdd(repository, (where, login)) && logins[repository].Login != login)
            {
                throw new WorkflowException($"{where}.credentials: {logins[repository].Where} has others for '{repository}', and a pod can have one login for a repository");
            }
        }

        var auths = new JsonObject(logins.Select(login => KeyValuePair.Create<string, JsonNode?>(login.Key, Entry(login.Value.Login))));
        return Encoding.UTF8.GetBytes(new JsonObject { ["auths"] = auths }.ToJsonString());
    }

    private static JsonObject Entry(RegistryCredentials login) => new()
    {
        ["username"] = login.Username,
        ["password"] = login.Password,
        ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.Username}:{login.Password}")),
    };

    private static IEnumerable<(string Where, string Image, RegistryCredentials Login)> All(JobContainers containers)
    {
        if (containers.Job is { Credentials: { } own } job)
        {
            yield return ("container", job.Image, own);
        }

        foreach (var (name, service) in containers.Services)
        {
            if (service.Credentials is { } login)
            {
                yield return ($"services.{name}", service.Image, login);
            }
        }
    }
}

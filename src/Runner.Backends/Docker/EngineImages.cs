using System.Formats.Tar;
using Docker.DotNet;
using Docker.DotNet.Models;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;

namespace Runner.Backends.Docker;

/// <summary>The images of an engine.</summary>
internal sealed class EngineImages(DockerClient client)
{
    private const string HubAddress = "https://index.docker.io/v1/";

    /// <summary>Whether the engine has an image.</summary>
    public async Task<bool> HasAsync(string image, CancellationToken cancellationToken)
    {
        try
        {
            await EngineErrors.CallAsync($"look for image {image}", token => client.Images.InspectImageAsync(image, token), cancellationToken);
            return true;
        }
        catch (InfrastructureException error) when (EngineErrors.IsNotFound(error))
        {
            return false;
        }
    }

    /// <summary>Pulls an image.</summary>
    /// <param name="image">Its name.</param>
    /// <param name="credentials">How to log in to its registry, or <c>null</c>.</param>
    /// <param name="platform">Platform of the image (<c>linux/arm64</c>), or <c>null</c>: the engine's own.</param>
    /// <param name="tell">Gets a line for each step of it, or <c>null</c>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InfrastructureException">It cannot be had.</exception>
    public async Task PullAsync(
        string image, RegistryCredentials? credentials, string? platform, Action<string>? tell, CancellationToken cancellationToken)
    {
        var name = ImageName.Parse(image);
        var auth = credentials is null ? null : new AuthConfig
        {
            Username = credentials.Username,
            Password = credentials.Password,
            ServerAddress = name.Registry == "docker.io" ? HubAddress : name.Registry,
        };
        var progress = new EngineProgress(tell);
        await EngineErrors.FollowAsync(
            $"pull image {image}",
            token => client.Images.CreateImageAsync(
                new ImagesCreateParameters { FromImage = $"{name.Registry}/{name.Repository}", Tag = name.Tag, Platform = platform ?? string.Empty },
                auth,
                progress,
                token),
            cancellationToken);
        progress.ThrowIfFailed($"pull image {image}");
    }

    /// <summary>Builds an image from a Dockerfile, with the engine's cache of earlier builds.</summary>
    /// <param name="context">Archive of the build context.</param>
    /// <param name="dockerfile">The Dockerfile in it.</param>
    /// <param name="tag">What it is called.</param>
    /// <param name="tell">Gets each line of the build's output.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InfrastructureException">The build failed; the message is the engine's.</exception>
    public async Task BuildAsync(Stream context, string dockerfile, string tag, Action<string> tell, CancellationToken cancellationToken)
    {
        var parameters = new ImageBuildParameters { Dockerfile = dockerfile, Tags = [tag], Remove = true, ForceRemove = true };
        var progress = new EngineProgress(tell);
        await EngineErrors.FollowAsync(
            "build the image",
            token => client.Images.BuildImageFromDockerfileAsync(parameters, context, [], new Dictionary<string, string>(), progress, token),
            cancellationToken);
        progress.ThrowIfFailed("build the image");
    }

    /// <summary>Makes an image with nothing in it but an empty folder, where the engine does not have it yet.</summary>
    /// <param name="image">Its name and tag.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task EnsureEmptyAsync(string image, CancellationToken cancellationToken)
    {
        if (await HasAsync(image, cancellationToken))
        {
            return;
        }

        using var archive = new MemoryStream();
        await using (var tar = new TarWriter(archive, leaveOpen: true))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "empty/"), cancellationToken);
        }

        archive.Position = 0;
        var name = image.Split(':');
        var progress = new EngineProgress(tell: null);
        await EngineErrors.CallAsync(
            $"make image {image}",
            token => client.Images.CreateImageAsync(new ImagesCreateParameters { FromSrc = "-", Repo = name[0], Tag = name[1] }, archive, null, progress, token),
            cancellationToken);
        progress.ThrowIfFailed($"make image {image}");
    }

    /// <summary>Removes an image by its name; the layers that it was built from stay, for the next build.</summary>
    public Task RemoveAsync(string image, CancellationToken cancellationToken) => EngineErrors.CallAsync(
        $"remove image {image}", token => client.Images.DeleteImageAsync(image, new ImageDeleteParameters { NoPrune = true }, token), cancellationToken);
}

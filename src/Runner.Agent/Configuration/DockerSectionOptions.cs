namespace Runner.Agent.Configuration;

/// <summary>Section <c>docker</c>.</summary>
public sealed record DockerSectionOptions
{
    /// <summary>Address of the engine. Default: <c>DOCKER_HOST</c>, else <c>unix:///var/run/docker.sock</c>.</summary>
    public string? Host { get; set; }

    /// <summary>The static worker. Default: <c>runner-worker</c> beside the runner's own.</summary>
    public string? Worker { get; set; }

    /// <summary>
    /// Folder with the Node.js of JavaScript actions (<c>node24/bin/node</c>), as <c>scripts/externals.sh</c> makes it for images of any kind.
    /// Default: <c>externals</c> beside the worker, if it is there.
    /// </summary>
    public string? Externals { get; set; }

    /// <summary>Images by <c>runs-on</c> label, for jobs without a <c>container</c>.</summary>
    public IDictionary<string, string> Platforms { get; set; } = new Dictionary<string, string>();

    /// <summary>Image of jobs none of whose labels is a platform. Default: such jobs are refused.</summary>
    public string? DefaultImage { get; set; }

    /// <summary>Volume that all jobs have as their tool cache. Default <c>runner-tool-cache</c>.</summary>
    public string ToolCacheVolume { get; set; } = "runner-tool-cache";

    /// <summary>Whether images are pulled although the engine has them. Default false.</summary>
    public bool AlwaysPull { get; set; }
}

using System.ComponentModel.DataAnnotations;

namespace Runner.Agent.Configuration;

/// <summary>Section <c>agent</c>: the agent's name and its times. The defaults are those of GitHub's own runner; tests compress them.</summary>
public sealed record SupervisionOptions
{
    /// <summary>Name of this agent, part of its runners' names; by it a restarted agent finds what it left behind. Default: the machine's name.</summary>
    public string? Instance { get; set; }

    /// <summary>
    /// Name of the installation, by which its scale sets are its own: agents of one name share them, one at a time. Default: on Kubernetes made of the
    /// namespace and of the release, else the agent's own name.
    /// </summary>
    public string? Installation { get; set; }

    /// <summary>
    /// Folder (mode 700) in which the agent keeps what it must know of the jobs it has taken, sealed by the GitHub credentials, so that its
    /// successor can go on. On Kubernetes they are kept in Secrets. Default: <c>runner-agent</c> under <c>$XDG_STATE_HOME</c> or <c>~/.local/state</c>.
    /// </summary>
    public string? StateFolder { get; set; }

    /// <summary>How long a stopping agent waits for jobs before it leaves them to its successor. Default 10 min on the host, none on Kubernetes.</summary>
    public TimeSpan? DrainTimeout { get; set; }

    /// <summary>How often a job whose place was lost before its worker started gets another one. Default 2.</summary>
    [Range(0, int.MaxValue)]
    public int Replacements { get; set; } = 2;

    /// <summary>Pause between two looks for jobs of dead agents. Default 30 s.</summary>
    public TimeSpan AdoptionInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause between two renewals of a job's lock. Default 60 s, GitHub's own.</summary>
    public TimeSpan RenewInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Shortest pause after one of the first failed calls of a loop; the pause is up to twice as long. Default 15 s.</summary>
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The same after the fifth failure in a row. Default 30 s.</summary>
    public TimeSpan LongRetryPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Shortest pause between tries of a call that a job waits for: the first renewal, a launch, the completion. Default 1 s.</summary>
    public TimeSpan JobRetryPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a runner that waits for a job is looked up at GitHub, which may have forgotten it. Default 5 min; more with very many slots.</summary>
    public TimeSpan IdleLookInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Time within which a loop must turn to count as alive. Default 5 min.</summary>
    public TimeSpan LivenessTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A page that shows what the agent does.</summary>
    public PageOptions Page { get; set; } = new();
}

using System.Security.Cryptography;
using System.Text;

namespace Runner.Kubernetes.Ownership;

/// <summary>An agent's process, as jobs name their owner.</summary>
/// <param name="Name">Name that a restart keeps and no two agents share: the pod's or the machine's.</param>
/// <param name="InstanceId">New with each start.</param>
public sealed record AgentIdentity(string Name, string InstanceId)
{
    private const char Separator = '/';
    private const int HashLength = 16;

    /// <summary>The agent's own pod, or <c>null</c>: it runs in none, or does not know. What the pod owns the cluster removes with it.</summary>
    public AgentPod? Pod { get; init; }

    /// <summary>A new instance of a named agent.</summary>
    public static AgentIdentity Start(string name) => new(name, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));

    /// <summary>The text that jobs carry.</summary>
    public override string ToString() => $"{Name}{Separator}{InstanceId}";

    /// <summary>Whether an owner's text is an earlier life of this agent.</summary>
    internal bool IsEarlierLife(string owner)
    {
        var end = owner.LastIndexOf(Separator);
        return end >= 0 && owner[..end] == Name && owner[(end + 1)..] != InstanceId;
    }

    /// <summary>The agent's name in an owner's text.</summary>
    internal static string NameOf(string owner) => owner.LastIndexOf(Separator) is >= 0 and var end ? owner[..end] : owner;

    /// <summary>Name of an owner's Lease.</summary>
    internal static string LeaseName(string owner) =>
        "runner-agent-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..HashLength];
}

/// <summary>The pod that an agent runs in.</summary>
public sealed record AgentPod(string Namespace, string Name, string Uid);

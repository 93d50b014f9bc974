using System.Security.Cryptography;
using System.Text;

namespace Runner.Agent.ScaleSets;

/// <summary>Whose scale sets they are. A set has one session, so two installations that found each other's set would take turns at losing jobs. Pure.</summary>
/// <param name="Installation">Agents of one installation share its sets.</param>
/// <param name="Instance">This agent, for people.</param>
internal sealed record SetOwner(string Installation, string Instance)
{
    private const int MarkLength = 8;
    private const int MaxName = 63;

    /// <summary>Name of a pool's set: the pool's, and a mark of the installation.</summary>
    public string NameOf(string pool)
    {
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Installation)))[..MarkLength];
        return $"{pool[..Math.Min(pool.Length, MaxName - MarkLength - 1)]}-{mark}";
    }
}

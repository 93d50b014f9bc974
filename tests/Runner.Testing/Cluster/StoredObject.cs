using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Runner.Testing.Cluster;

/// <summary>An object at one version. What is read of it is taken once; its tree is the store's alone.</summary>
internal sealed class StoredObject
{
    private readonly byte[] _json;
    private readonly byte[] _kind;

    public StoredObject(ResourceKind kind, JsonObject tree, long version)
    {
        tree.Remove("kind");
        tree.Remove("apiVersion");
        var metadata = tree["metadata"]!.AsObject();
        metadata["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        Tree = tree;
        Version = version;
        Name = (string)metadata["name"]!;
        Uid = (string)metadata["uid"]!;
        IsDeleting = metadata["deletionTimestamp"] is not null;
        Phase = (string?)tree["status"]?["phase"];
        Owners = [.. (metadata["ownerReferences"] as JsonArray ?? []).Select(owner => (string)owner!["uid"]!)];
        Labels = (metadata["labels"] as JsonObject)?.ToDictionary(label => label.Key, label => (string)label.Value!, StringComparer.Ordinal) ?? [];
        _json = JsonSerializer.SerializeToUtf8Bytes(tree);
        _kind = Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind.Kind}\",\"apiVersion\":\"{kind.ApiVersion}\",");
    }

    public string Name { get; }

    public string Uid { get; }

    public long Version { get; }

    public bool IsDeleting { get; }

    public string? Phase { get; }

    public IReadOnlyList<string> Owners { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>To be read and copied under the store's lock only.</summary>
    public JsonObject Tree { get; }

    /// <summary>The object as lists have it: without its kind.</summary>
    public ReadOnlyMemory<byte> InList => _json;

    /// <summary>The object as it is answered.</summary>
    public byte[] Whole => [.. _kind, .. _json.AsSpan(1)];
}

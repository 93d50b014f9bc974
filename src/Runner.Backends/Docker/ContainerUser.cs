using System.Globalization;

namespace Runner.Backends.Docker;

/// <summary>The numbers of the user that a container runs as.</summary>
/// <param name="Uid">Of the user.</param>
/// <param name="Gid">Of its group.</param>
internal readonly record struct ContainerUser(int Uid, int Gid)
{
    /// <summary>Reads what an image or <c>--user</c> says: <c>user</c> or <c>user:group</c>, each a name or a number; empty: root.</summary>
    /// <param name="text">That.</param>
    /// <param name="passwd">The container's <c>/etc/passwd</c>, or <c>null</c>: it has none.</param>
    /// <param name="group">The container's <c>/etc/group</c>, or <c>null</c>.</param>
    /// <returns>The user; <c>null</c>: the container has no such one, which its start will tell.</returns>
    public static ContainerUser? Read(string? text, string? passwd, string? group)
    {
        if (string.IsNullOrEmpty(text))
        {
            return new ContainerUser(0, 0);
        }

        var parts = text.Split(':', 2);
        var entry = Lines(passwd, fields: 4).FirstOrDefault(fields => fields[0] == parts[0] || fields[2] == parts[0]);
        if ((Number(parts[0]) ?? Number(entry?[2])) is not { } uid)
        {
            return null;
        }

        var gid = parts.Length == 1
            ? Number(entry?[3]) ?? 0
            : Number(parts[1]) ?? Number(Lines(group, fields: 3).FirstOrDefault(fields => fields[0] == parts[1])?[2]);
        return gid is { } number ? new ContainerUser(uid, number) : null;
    }

    private static IEnumerable<string[]> Lines(string? file, int fields) =>
        (file ?? string.Empty).Split('\n').Select(line => line.Split(':')).Where(line => line.Length >= fields);

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

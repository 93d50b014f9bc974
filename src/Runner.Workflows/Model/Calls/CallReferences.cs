namespace Runner.Workflows.Model.Calls;

/// <summary>References to called workflows.</summary>
internal static class CallReferences
{
    private const string Local = "./";

    /// <summary>
    /// The reference that a source is asked for. A path in a workflow of another repository is one of that repository at the same ref;
    /// any other stays as it was written.
    /// </summary>
    /// <param name="reference"><c>uses</c> as written.</param>
    /// <param name="caller">Path of the calling workflow, or the reference under which it was called itself.</param>
    public static string Complete(string reference, string caller)
    {
        var path = reference.StartsWith("$/", StringComparison.Ordinal) ? string.Concat(Local, reference.AsSpan(2)) : reference;
        return path.StartsWith(Local, StringComparison.Ordinal)
            && caller.Split('@') is [var place, { Length: > 0 } gitRef]
            && place.Split('/') is [var owner, var repository, _, ..]
                ? $"{owner}/{repository}/{path[Local.Length..]}@{gitRef}"
                : path;
    }
}

namespace Runner.Execution.Node;

/// <summary>A Node.js that is there.</summary>
/// <param name="Path">Path of the program.</param>
/// <param name="Major">Its major version, such as 24.</param>
internal sealed record FoundNode(string Path, int Major);

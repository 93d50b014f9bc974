using System.Security.Cryptography;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

public sealed class ServicesCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ServicesCommandTests() => File.WriteAllBytes(_folder["key"], RandomNumberGenerator.GetBytes(32));

    [Theory(Timeout = 60_000)]
    [InlineData("--size",         "lots",      2, "runner: --size: 'lots' is no size of at least 1Gi, expected one such as 50Gi\n")]
    [InlineData("--cache-size",   "5Mi",       2, "runner: --cache-size: '5Mi' is no size of at least 1Gi, expected one such as 50Gi\n")]
    [InlineData("--cache-days",   "0",         2, "runner: --cache-days: 0 is no number of days from 1 to 3650\n")]
    [InlineData("--port",         "70000",     2, "runner: --port: 70000 is no port, expected 0 to 65535\n")]
    [InlineData("--listen",       "0.0.0.0",   2, "runner: --public-url: is missing: jobs cannot reach 0.0.0.0, expected the server's name such as http://runner-services.ci.svc:8090\n")]
    [InlineData("--public-url",   "somewhere", 2, "runner: --public-url: 'somewhere' is no web address, expected one such as http://192.0.2.7:8080\n")]
    public async Task Wrong_flag_is_told_with_what_was_expected(string flag, string value, int code, string expected)
    {
        var result = await Cli.RunAsync("services", "--data", _folder["data"], "--key-file", _folder["key"], flag, value);

        Assert.Equal((code, expected), (result.Code, result.Error.ReplaceLineEndings("\n")));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("",                                           "--data: is missing, expected a folder to keep artifacts and caches in, or a bucket by --s3-bucket")]
    [InlineData("--s3-endpoint http://minio:9000",            "--s3-endpoint: is for --s3-bucket, which is missing")]
    [InlineData("--s3-redirect",                              "--s3-redirect: is for --s3-bucket, which is missing")]
    [InlineData("--s3-bucket ci --data /data",                "--data: is not for --s3-bucket: give one of them")]
    [InlineData("--s3-bucket c",                              "--s3-bucket: 'c' cannot be used, expected 3 to 63 letters, digits, dots and hyphens")]
    [InlineData("--s3-bucket ci-1 --s3-endpoint minio:9000",  "--s3-endpoint: 'minio:9000' is no web address, expected one such as http://192.0.2.7:8080")]
    [InlineData("--s3-bucket ci-1 --s3-region EU/Central",    "--s3-region: 'EU/Central' cannot be used, expected one such as eu-central-1")]
    [InlineData("--s3-bucket ci-1 --s3-prefix /a",            "--s3-prefix: '/a' cannot be used, expected one such as ci/services: letters, digits, and . _ - between slashes")]
    public async Task Wrong_flag_of_a_bucket_is_told_with_what_was_expected(string flags, string expected)
    {
        var result = await Cli.RunAsync(["services", "--key-file", _folder["key"], .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal((2, $"runner: {expected}\n"), (result.Code, result.Error.ReplaceLineEndings("\n")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Bucket_that_cannot_be_reached_is_told_in_a_line()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "key"); // else the SDK looks for them on the network
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "secret");

        var result = await Cli.RunAsync("services", "--key-file", _folder["key"], "--s3-bucket", "ci-1", "--s3-endpoint", "http://127.0.0.1:1");

        Assert.Equal((78, "runner: the bucket 'ci-1' at http://127.0.0.1:1 cannot be reached for ListObjectsV2: Connection refused (127.0.0.1:1)\n"), (result.Code, result.Error.ReplaceLineEndings("\n")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Key_that_is_too_short_and_folder_that_cannot_be_made_are_told()
    {
        await File.WriteAllTextAsync(_folder["short"], "short", TestContext.Current.CancellationToken);

        var key = await Cli.RunAsync("services", "--data", _folder["data"], "--key-file", _folder["short"]);
        var folder = await Cli.RunAsync("services", "--data", "/proc/nowhere", "--key-file", _folder["key"], "--port", "0", "--metrics-port", "0");

        Assert.Contains("has 5 bytes, expected a key of 32 to 4096", key.Error, StringComparison.Ordinal);
        Assert.Contains("The services cannot start with /proc/nowhere at 127.0.0.1:0 and 0: ", folder.Error, StringComparison.Ordinal);
        Assert.Equal((78, 78), (key.Code, folder.Code));
    }

    public void Dispose() => _folder.Dispose();
}

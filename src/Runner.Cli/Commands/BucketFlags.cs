using System.CommandLine;
using System.Text.RegularExpressions;
using Runner.Cli.CommandLine;
using Runner.Services.S3;

namespace Runner.Cli.Commands;

/// <summary>The flags of <c>runner services</c> for a bucket. Credentials are none of them: others of the machine can read a command line.</summary>
internal sealed partial class BucketFlags
{
    private readonly Option<string?> _bucket = new("--s3-bucket") { Description = "Bucket to keep artifacts and caches in, instead of a folder; servers with one bucket are one service.", HelpName = "NAME" };
    private readonly Option<string?> _endpoint = new("--s3-endpoint") { Description = "Address of a server that speaks S3. Default: AWS.", HelpName = "URL" };
    private readonly Option<string?> _region = new("--s3-region") { Description = "Region of the bucket. Default: AWS_REGION, and us-east-1 with --s3-endpoint.", HelpName = "REGION" };
    private readonly Option<bool?> _pathStyle = new("--s3-path-style") { Description = "Whether the bucket's name is in the path of addresses and not in their host. Default: with --s3-endpoint.", HelpName = "true|false" };
    private readonly Option<string?> _prefix = new("--s3-prefix") { Description = "What the keys of all objects begin with.", HelpName = "PREFIX" };
    private readonly Option<bool> _redirect = new("--s3-redirect") { Description = "Send downloads of what is one object on to the bucket, which jobs must reach then." };

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_bucket, _endpoint, _region, _pathStyle, _prefix, _redirect];

    /// <summary>The bucket, or <c>null</c>: there is a folder.</summary>
    /// <exception cref="UsageException">A value has another form, or there is a folder too, or neither.</exception>
    public S3Options? Read(ParseResult result, Option<string?> folder)
    {
        if (result.GetValue(_bucket) is not { } bucket)
        {
            if (All.FirstOrDefault(flag => result.GetResult(flag) is { Implicit: false }) is { } stray)
            {
                throw new UsageException($"{stray.Name}: is for {_bucket.Name}, which is missing");
            }

            return result.GetValue(folder) is { Length: > 0 } ? null : throw new UsageException($"{folder.Name}: is missing, expected a folder to keep artifacts and caches in, or a bucket by {_bucket.Name}");
        }

        if (result.GetValue(folder) is not null)
        {
            throw new UsageException($"{folder.Name}: is not for {_bucket.Name}: give one of them");
        }

        return new S3Options
        {
            Bucket = Check(_bucket, bucket, BucketName(), "expected 3 to 63 letters, digits, dots and hyphens"),
            Endpoint = result.GetValue(_endpoint) is { } endpoint ? WebAddress.Read(_endpoint.Name, endpoint) : null,
            Region = result.GetValue(_region) is { } region ? Check(_region, region, RegionName(), "expected one such as eu-central-1") : null,
            UsesPathStyle = result.GetValue(_pathStyle),
            Prefix = result.GetValue(_prefix) is { Length: > 0 } prefix ? Check(_prefix, prefix.TrimEnd('/'), Prefix(), "expected one such as ci/services: letters, digits, and . _ - between slashes") + "/" : string.Empty,
            SendsDownloadsOn = result.GetValue(_redirect),
        };
    }

    private static string Check(Option flag, string text, Regex form, string expected) =>
        form.IsMatch(text) ? text : throw new UsageException($"{flag.Name}: '{text}' cannot be used, {expected}");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]\z")]
    private static partial Regex BucketName();

    [GeneratedRegex(@"^[A-Za-z0-9-]+\z")]
    private static partial Regex RegionName();

    [GeneratedRegex(@"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\z")]
    private static partial Regex Prefix();
}

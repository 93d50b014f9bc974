using Amazon.Runtime;

namespace Runner.Services.S3;

/// <summary>Answers of a bucket in words.</summary>
internal static class S3Errors
{
    /// <summary>What an answer means: its status and code, with what to look at where that is known.</summary>
    public static string Of(AmazonServiceException error)
    {
        var code = string.IsNullOrEmpty(error.ErrorCode) ? "no code" : error.ErrorCode;
        return $"{(int)error.StatusCode} {code}{Hint(code)}";
    }

    private static string Hint(string code) => code switch
    {
        "NoSuchBucket" => ": there is no such bucket",
        "AccessDenied" or "Forbidden" => ": the credentials lack this permission",
        "InvalidAccessKeyId" => ": the access key is not known there",
        "SignatureDoesNotMatch" => ": the secret key is not that of the access key, or a proxy changes the request",
        "ExpiredToken" => ": the credentials have expired",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" => ": the bucket is of another region",
        "RequestTimeTooSkewed" => ": the clocks of server and bucket differ",
        _ => string.Empty,
    };
}

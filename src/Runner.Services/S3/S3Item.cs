namespace Runner.Services.S3;

/// <summary>An object of a bucket as a listing shows it.</summary>
/// <param name="Key">Its key, without the prefix that was listed.</param>
/// <param name="Tag">Changes with its content.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record S3Item(string Key, string Tag, long Length);

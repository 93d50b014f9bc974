using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Runner.Emulator.Rest;

/// <summary>An error of GitHub's REST API.</summary>
internal sealed record RestErrorBody(string Message, string DocumentationUrl, string Status);

/// <summary>A registration, remove or installation token.</summary>
internal sealed record TokenBody(string Token, DateTimeOffset ExpiresAt);

/// <summary>Body of <c>generate-jitconfig</c>.</summary>
internal sealed record JitRequest
{
    public string? Name { get; init; }

    public int? RunnerGroupId { get; init; }

    public ImmutableArray<string> Labels { get; init => field = value.IsDefault ? [] : value; } = [];

    public string? WorkFolder { get; init; }
}

internal sealed record JitResponse(RunnerBody Runner, string EncodedJitConfig);

internal sealed record RunnerBody
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required string Os { get; init; }

    public required string Status { get; init; }

    public required bool Busy { get; init; }

    public required bool Ephemeral { get; init; }

    public required int RunnerGroupId { get; init; }

    public string? Version { get; init; }

    public required ImmutableArray<LabelBody> Labels { get; init; }
}

/// <param name="Id">Number of the label.</param>
/// <param name="Name">The label.</param>
/// <param name="Type"><c>read-only</c> or <c>custom</c>; in <c>register</c> requests <c>system</c> or <c>user</c>.</param>
internal sealed record LabelBody(int Id, string Name, string Type);

internal sealed record RunnerListBody(int TotalCount, ImmutableArray<RunnerBody> Runners);

internal sealed record RunnerGroupBody(
    int Id, string Name, string Visibility, bool Default, bool Inherited, bool AllowsPublicRepositories, bool IsHosted);

/// <summary>Body of a request that makes or changes a group.</summary>
internal sealed record RunnerGroupRequest
{
    public string? Name { get; init; }

    public string? Visibility { get; init; }

    public bool? AllowsPublicRepositories { get; init; }

    public ImmutableArray<long>? SelectedRepositoryIds { get; init; }
}

/// <summary>A repository, as far as runner groups ask for it.</summary>
internal sealed record RepositoryBody(long Id, string Name, string FullName, bool Private, string Visibility);

internal sealed record RunnerGroupListBody(int TotalCount, ImmutableArray<RunnerGroupBody> RunnerGroups);

/// <summary>Body of <c>runner-registration</c> (<c>registration.md</c> section 4).</summary>
internal sealed record RegistrationRequest
{
    public Uri? Url { get; init; }

    /// <summary><c>register</c> or <c>remove</c>.</summary>
    public string? RunnerEvent { get; init; }
}

internal sealed record RegistrationResponse(
    Uri Url,
    string TokenSchema,
    string Token,
    [property: JsonPropertyName("use_v2_flow")] bool UseV2Flow);

/// <summary>Body of <c>runners/register</c> (<c>registration.md</c> section 5).</summary>
internal sealed record RegisterRequest
{
    public Uri? Url { get; init; }

    public int? GroupId { get; init; }

    public string? Name { get; init; }

    public string? Version { get; init; }

    public bool Ephemeral { get; init; }

    /// <summary>.NET's XML form of the public key.</summary>
    public string? PublicKey { get; init; }

    public ImmutableArray<RegisterLabel> Labels { get; init => field = value.IsDefault ? [] : value; } = [];

    public int? RunnerId { get; init; }

    public bool Replace { get; init; }
}

/// <summary>A label as runners send it; the type may come as a name or a number and says nothing that the name does not.</summary>
internal sealed record RegisterLabel
{
    public string? Name { get; init; }
}

internal sealed record RegisterResponse(int Id, string Name, RegisterAuthorization Authorization);

internal sealed record RegisterAuthorization(Uri AuthorizationUrl, Uri ServerUrl, string ClientId);

internal sealed record MetaBody(bool VerifiablePasswordAuthentication, string InstalledVersion);

internal sealed record InstallationBody(int Id, string AppSlug, string TargetType, string AccessTokensUrl);

namespace Runner.GitHub.Registration;

// Octokit's serializer writes and reads properties in snake case and needs setters. These shapes never leave this folder.

/// <summary>Body of <c>generate-jitconfig</c>.</summary>
internal sealed class JitConfigRequest
{
    public string? Name { get; set; }

    public long RunnerGroupId { get; set; }

    public IReadOnlyList<string>? Labels { get; set; }

    public string? WorkFolder { get; set; }
}

/// <summary>Answer of <c>generate-jitconfig</c>.</summary>
internal sealed class JitConfigResponse
{
    public JitRunner? Runner { get; set; }

    public string? EncodedJitConfig { get; set; }
}

/// <summary>The runner inside a <see cref="JitConfigResponse"/>.</summary>
internal sealed class JitRunner
{
    public long Id { get; set; }

    public string? Name { get; set; }
}

/// <summary>One page of the runner groups.</summary>
internal sealed class RunnerGroupPage
{
    public int TotalCount { get; set; }

    public IReadOnlyList<RunnerGroupItem> RunnerGroups { get; set; } = [];
}

/// <summary>A runner group.</summary>
internal sealed class RunnerGroupItem
{
    public long Id { get; set; }

    public string Name { get; set; } = string.Empty;

    public bool Default { get; set; }

    public bool AllowsPublicRepositories { get; set; }

    public string? Visibility { get; set; }
}

/// <summary>One page of the runners.</summary>
internal sealed class RunnerPage
{
    public int TotalCount { get; set; }

    public IReadOnlyList<RunnerItem> Runners { get; set; } = [];
}

/// <summary>A runner.</summary>
internal sealed class RunnerItem
{
    public long Id { get; set; }

    public string? Name { get; set; }

    public string? Status { get; set; }

    public bool Busy { get; set; }

    public IReadOnlyList<RunnerLabelItem> Labels { get; set; } = [];
}

/// <summary>A label of a runner.</summary>
internal sealed class RunnerLabelItem
{
    public string? Name { get; set; }
}

/// <summary>Answer of <c>rate_limit</c>.</summary>
internal sealed class RateLimitPage
{
    public RateLimitResources? Resources { get; set; }

    public RateLimitItem? Rate { get; set; }
}

/// <summary>The limits in a <see cref="RateLimitPage"/>.</summary>
internal sealed class RateLimitResources
{
    public RateLimitItem? Core { get; set; }
}

/// <summary>A limit.</summary>
internal sealed class RateLimitItem
{
    public int Limit { get; set; }

    public int Remaining { get; set; }
}

/// <summary>A repository.</summary>
internal sealed class RepositoryItem
{
    public bool Private { get; set; }
}

/// <summary>A registration token.</summary>
internal sealed class RegistrationTokenResponse
{
    public string? Token { get; set; }
}

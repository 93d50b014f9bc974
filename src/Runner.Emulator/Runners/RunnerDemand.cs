using System.Collections.Immutable;

namespace Runner.Emulator.Runners;

/// <summary>What a job asks of its runner.</summary>
/// <param name="Labels">Labels that it must have.</param>
/// <param name="Repository">The job's repository, <c>owner/repo</c>; <c>null</c>: everybody's.</param>
/// <param name="Group">Runner group that it must be of, or <c>null</c>: any.</param>
/// <param name="IsPublic">Whether the repository is public.</param>
internal sealed record RunnerDemand(ImmutableArray<string> Labels, string? Repository, string? Group, bool IsPublic);

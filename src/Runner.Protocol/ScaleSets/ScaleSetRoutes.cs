namespace Runner.Protocol.ScaleSets;

/// <summary>Routes of scale sets below the tenant's address (<c>scaleset.md</c>).</summary>
public static class ScaleSetRoutes
{
    /// <summary>Scale sets (section 4).</summary>
    public const string Sets = "_apis/runtime/runnerscalesets";

    /// <summary>Runner groups (section 3).</summary>
    public const string Groups = "_apis/runtime/runnergroups/";

    /// <summary>Runners (section 10): the pool's number does not count.</summary>
    public const string Runners = "_apis/distributedtask/pools/0/agents";

    /// <summary>Most jobs that the set may have, told with each poll.</summary>
    public const string CapacityHeader = "X-ScaleSetMaxCapacity";

    /// <summary>Query of every call.</summary>
    public const string ApiVersion = "api-version=6.0-preview";
}

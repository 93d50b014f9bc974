using System.Collections.Immutable;
using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Room;

namespace Runner.Kubernetes.Tests.Room;

/// <summary>What quotas have room for.</summary>
public sealed class QuotaRulesTests
{
    public static TheoryData<string, string, int?, string?> Quotas => new()
    {
        // hard                                     used                                   places  why
        { "",                                       "",                                    null,   null },
        { "pods=3",                                 "pods=0",                              3,      "quota q: pods 0 of 3 used, a pod takes 1" },
        { "pods=3",                                 "pods=3",                              0,      "quota q: pods 3 of 3 used, a pod takes 1" },
        { "pods=3",                                 "pods=5",                              0,      "quota q: pods 5 of 3 used, a pod takes 1" },
        { "count/pods=10",                          "count/pods=4",                        6,      "quota q: count/pods 4 of 10 used, a pod takes 1" },
        { "secrets=5",                              "secrets=4",                           1,      "quota q: secrets 4 of 5 used, a pod takes 1" },
        { "requests.cpu=10",                        "requests.cpu=1",                      4,      "quota q: requests.cpu 1 of 10 used, a pod takes 2" },
        { "cpu=10",                                 "cpu=1500m",                           4,      "quota q: cpu 1.5 of 10 used, a pod takes 2" },
        { "limits.memory=16Gi",                     "limits.memory=1Gi",                   3,      "quota q: limits.memory 1073741824 of 16Gi used, a pod takes 4294967296" },
        { "requests.memory=16Gi",                   "requests.memory=0",                   4,      "quota q: requests.memory 0 of 16Gi used, a pod takes 4294967296" },
        { "requests.nvidia.com/gpu=1",              "requests.nvidia.com/gpu=0",           1,      "quota q: requests.nvidia.com/gpu 0 of 1 used, a pod takes 1" },
        { "requests.ephemeral-storage=1Gi",         "requests.ephemeral-storage=1Gi",      null,   null }, // the pod asks for none
        { "services=0",                             "services=0",                          null,   null },
        { "pods=9,requests.cpu=4,limits.cpu=100",   "pods=1,requests.cpu=0,limits.cpu=0",  2,      "quota q: requests.cpu 0 of 4 used, a pod takes 2" },
    };

    [Theory, MemberData(nameof(Quotas))]
    public void Room_is_what_the_scarcest_resource_allows(string hard, string used, int? places, string? why)
    {
        var room = QuotaRules.RoomFor([Quota(hard, used)], Pod(), []);

        Assert.Equal((places, why), (room.Places, room.Why));
        Assert.Equal(places is null ? RoomLimit.None : RoomLimit.Quota, room.Limit);
    }

    [Fact]
    public void Pods_that_the_status_does_not_count_yet_are_added()
    {
        var quota = Quota("pods=5,requests.cpu=20", "pods=1,requests.cpu=2");

        var room = QuotaRules.RoomFor([quota], Pod(), [PodNeeds.Of(Pod()), PodNeeds.Of(Pod())]);

        Assert.Equal(2, room.Places);
    }

    [Fact]
    public void Narrowest_of_several_quotas_counts() =>
        Assert.Equal(1, QuotaRules.RoomFor([Quota("pods=5", "pods=0"), Quota("pods=2", "pods=1")], Pod(), []).Places);

    [Fact]
    public void Quota_without_a_status_is_empty()
    {
        var quota = new V1ResourceQuota { Metadata = new V1ObjectMeta { Name = "new" }, Spec = new V1ResourceQuotaSpec { Hard = Amounts("pods=3") } };

        Assert.Equal(3, QuotaRules.RoomFor([quota], Pod(), []).Places);
    }

    public static TheoryData<string, string?, string[], bool> Scopes => new()
    {
        // scope            operator         values      counts a pod with a deadline, requests, and the class "low"
        { "Terminating",    null,            [],         true },
        { "NotTerminating", null,            [],         false },
        { "NotBestEffort",  null,            [],         true },
        { "BestEffort",     null,            [],         false },
        { "PriorityClass",  "In",            ["low"],    true },
        { "PriorityClass",  "In",            ["high"],   false },
        { "PriorityClass",  "NotIn",         ["high"],   true },
        { "PriorityClass",  "NotIn",         ["low"],    false },
        { "PriorityClass",  "Exists",        [],         true },
        { "PriorityClass",  "DoesNotExist",  [],         false },
        { "Whatever",       "Exists",        [],         false },
    };

    [Theory, MemberData(nameof(Scopes))]
    public void Quota_of_a_scope_counts_pods_of_that_scope(string scope, string? condition, string[] values, bool counts)
    {
        var quota = Quota("pods=3", "pods=0");
        quota.Spec = condition is null
            ? new V1ResourceQuotaSpec { Scopes = [scope] }
            : new V1ResourceQuotaSpec
            {
                ScopeSelector = new V1ScopeSelector
                {
                    MatchExpressions = [new V1ScopedResourceSelectorRequirement { ScopeName = scope, OperatorProperty = condition, Values = values }],
                },
            };

        Assert.Equal(counts ? 3 : null, QuotaRules.RoomFor([quota], Pod(), []).Places);
    }

    [Fact]
    public void Containers_that_run_together_add_up_and_one_before_them_counts_where_it_takes_more()
    {
        var pod = Pod();
        pod.Spec.Containers.Add(Container("service", "500m", "1Gi"));
        pod.Spec.InitContainers = [Container("setup", "4", "1Gi"), Container("sidecar", "1", "1Gi") with { RestartPolicy = "Always" }];

        var needs = PodNeeds.Of(pod);

        Assert.Equal((4m, 6m), (needs["requests.cpu"], needs["requests.memory"] / (1024 * 1024 * 1024)));
    }

    private static V1Pod Pod() => new()
    {
        Spec = new V1PodSpec
        {
            ActiveDeadlineSeconds = 60,
            PriorityClassName = "low",
            Containers =
            [
                new V1Container
                {
                    Name = "job",
                    Resources = new V1ResourceRequirements { Requests = Amounts("cpu=2"), Limits = Amounts("cpu=4,memory=4Gi,nvidia.com/gpu=1") },
                },
            ],
        },
    };

    private static V1Container Container(string name, string cpu, string memory) =>
        new() { Name = name, Resources = new V1ResourceRequirements { Requests = Amounts($"cpu={cpu},memory={memory}") } };

    private static V1ResourceQuota Quota(string hard, string used) => new()
    {
        Metadata = new V1ObjectMeta { Name = "q" },
        Spec = new V1ResourceQuotaSpec { Hard = Amounts(hard) },
        Status = new V1ResourceQuotaStatus { Hard = Amounts(hard), Used = Amounts(used) },
    };

    private static ImmutableDictionary<string, ResourceQuantity> Amounts(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(amount => amount.Split('='))
        .ToImmutableDictionary(amount => amount[0], amount => new ResourceQuantity(amount[1]), StringComparer.Ordinal);
}

using k8s.Models;
using Runner.Kubernetes.Cleanup;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Tests.Cleanup;

/// <summary>What a namespace is cleaned of, and what stays for whoever may want it.</summary>
public sealed class LeftOverRulesTests
{
    private const string Living = "living/1";
    private const string Gone = "gone/1";

    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly List<V1Lease> _leases = [Lease("living", Living, minutes: 0, instance: "theirs")];
    private readonly List<V1Pod> _pods = [];
    private readonly List<V1Secret> _secrets = [];

    [Fact]
    public void What_an_installation_with_a_living_agent_has_is_left_to_that()
    {
        _leases.Add(Lease("ours", Living, minutes: 9)); // it may be back any moment
        _pods.AddRange([Pod("runs", Living, "Running"), Pod("over", Gone, "Succeeded")]); // of an earlier one, too: it removes that
        _secrets.Add(Secret("waits", Living));

        Assert.Empty(Find());
    }

    [Fact]
    public void What_is_young_stays_whoever_had_it()
    {
        _pods.AddRange([Pod("runs", Gone, "Running", minutes: 9), Pod("over", Gone, "Failed", minutes: 600, endedMinutes: 9)]);
        _secrets.Add(Secret("waits", Gone, minutes: 9));

        Assert.Empty(Find());
    }

    [Fact]
    public void Job_that_is_over_goes_and_one_that_the_next_agent_would_take_up_is_asked_for()
    {
        _leases.Add(Lease("lease", Gone, minutes: 30));
        var lost = Pod("lost", Gone, "Failed");
        lost.Status.ContainerStatuses = []; // before it started: its job is to have another place
        _pods.AddRange([Pod("over", Gone, "Succeeded"), Pod("runs", Gone, "Running"), lost, Pod("nobodys", owner: null, "Failed")]);

        Assert.Equal(
            [
                ("Pod over", false, "its job is over, and agent 'gone' is gone"),
                ("Pod runs", true, "agent 'gone' is gone; the next agent of its installation would look after the job"),
                ("Pod lost", true, "agent 'gone' is gone; the next agent of its installation would look after the job"),
                ("Pod nobodys", false, "its job is over, and its agent is gone"),
                ("Lease lease", true, "agent 'gone' is gone"), // the pod that runs is its
            ],
            Find());
    }

    [Fact]
    public void Pod_that_waits_for_a_job_goes_with_its_agents_and_one_that_has_its_job_is_a_jobs()
    {
        var (waits, young, runs) = (Pod("waits", Gone, "Running"), Pod("young", Gone, "Running", minutes: 9), Pod("runs", Gone, "Running"));
        foreach (var pod in new[] { waits, young, runs })
        {
            pod.Metadata.Labels[PodLabels.Warm] = "s1";
        }

        runs.Metadata.Labels[PodLabels.JobId] = "6b0c1f1e-7d57-4b3c-9a57-111111111111";
        runs.Metadata.Annotations[PodLabels.Secret] = "its-secret";
        _pods.AddRange([waits, young, runs]);
        _secrets.Add(Secret("its-secret", Gone));

        Assert.Equal(
            [
                ("Pod waits", false, "waits for a job, and agent 'gone' is gone"),
                ("Pod runs", true, "agent 'gone' is gone; the next agent of its installation would look after the job"),
            ],
            Find());
    }

    [Fact]
    public void Lease_goes_once_it_owns_nothing_that_stays()
    {
        _leases.Add(Lease("lease", Gone, minutes: 30));
        _pods.Add(Pod("over", Gone, "Succeeded"));

        Assert.Equal(["Pod over", "Lease lease"], Certain());
    }

    [Fact]
    public void Secret_of_a_job_without_a_pod_goes_and_that_of_one_with_a_pod_goes_with_it()
    {
        _pods.Add(Pod("job", Gone, "Running"));
        _secrets.AddRange([Secret("job", Gone), Secret("no-pod", Gone)]);

        Assert.Equal(["Secret no-pod"], Certain());
    }

    [Theory]
    [InlineData(PodLabels.Taken)]
    [InlineData(PodLabels.Launching)]
    public void Secret_of_a_job_that_waits_for_its_pod_is_asked_for_and_so_is_its_agents_Lease(string label)
    {
        var secret = Secret("waits", Gone, minutes: 20); // a job may wait for room for long, and its agent be restarted just now
        secret.Metadata.Labels[label] = "true";
        _secrets.Add(secret);
        _leases.Add(Lease("lease", Gone, minutes: 30));

        Assert.Equal([("Secret waits", true), ("Lease lease", true)], Find().Select(left => (left.Thing, left.IsWanted)));
    }

    [Fact]
    public void Pod_that_is_kept_for_a_look_is_asked_for_though_its_agent_lives()
    {
        var pod = Pod("kept", Living, "Failed");
        pod.Metadata.Labels[PodLabels.Finished] = PodLabels.Failed;
        _pods.Add(pod);

        Assert.Equal([("Pod kept", true, "is kept for a look; its job has failed")], Find());
    }

    [Fact]
    public void Pod_that_is_being_deleted_is_let_go()
    {
        var pod = Pod("going", Gone, "Running");
        pod.Metadata.DeletionTimestamp = Ago(1);
        _pods.Add(pod);

        Assert.Empty(Find());
    }

    [Fact]
    public void Notes_stay_as_long_as_an_agent_of_their_installation_lives()
    {
        var (ours, theirs) = (Lease("runner-note-1", holder: null, minutes: 60, "theirs"), Lease("runner-note-2", holder: null, minutes: 60, instance: "uninstalled"));
        ours.Metadata.Labels[PodLabels.Note] = theirs.Metadata.Labels[PodLabels.Note] = "true";
        _leases.AddRange([ours, theirs]);

        Assert.Equal([("Lease runner-note-2", true, "a note of the agents of 'uninstalled', of which none lives")], Find());
    }

    private List<(string Thing, bool IsWanted, string Why)> Find() =>
        [.. LeftOverRules.Find(_pods, _secrets, _leases, Now).Select(left => ($"{left.Kind} {left.Name}", left.IsWanted, left.Why))];

    private IEnumerable<string> Certain() => Find().Where(left => !left.IsWanted).Select(left => left.Thing);

    private static V1Pod Pod(string name, string? owner, string phase, int minutes = 60, int endedMinutes = 60) => new()
    {
        Metadata = Metadata(name, owner, minutes),
        Status = new V1PodStatus
        {
            Phase = phase,
            ContainerStatuses = [new V1ContainerStatus { Name = "job", State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { FinishedAt = Ago(endedMinutes) } } }],
        },
    };

    private static V1Secret Secret(string name, string? owner, int minutes = 60) => new() { Metadata = Metadata(name, owner, minutes) };

    private static V1Lease Lease(string name, string? holder, int minutes, string instance = "ours") => new()
    {
        Metadata = Metadata(name, owner: null, minutes, instance),
        Spec = new V1LeaseSpec { HolderIdentity = holder, RenewTime = holder is null ? null : Ago(minutes) },
    };

    private static V1ObjectMeta Metadata(string name, string? owner, int minutes, string instance = "ours") => new()
    {
        Name = name,
        Labels = new Dictionary<string, string> { [PodLabels.Instance] = instance },
        Annotations = owner is null ? null : new Dictionary<string, string> { [PodLabels.Owner] = owner },
        CreationTimestamp = Ago(minutes),
    };

    private static DateTime Ago(int minutes) => Now.UtcDateTime - TimeSpan.FromMinutes(minutes);
}

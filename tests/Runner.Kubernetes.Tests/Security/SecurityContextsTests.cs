using k8s.Models;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Security;

namespace Runner.Kubernetes.Tests.Security;

public sealed class SecurityContextsTests
{
    [Fact]
    public void Platform_says_over_the_settings_what_it_says_and_no_more()
    {
        var settings = SomeKubernetes.Options();
        settings.Security.PodSecurityContext = new V1PodSecurityContext
        {
            RunAsUser = 1001,
            RunAsNonRoot = true,
            SupplementalGroups = [1, 2],
            SeccompProfile = new V1SeccompProfile { Type = "Localhost", LocalhostProfile = "ci.json" },
        };
        settings.Platforms["big"] = new PlatformOptions { Image = "x", SecurityContext = new V1PodSecurityContext { RunAsUser = 2000, FsGroup = 2001 } };

        var context = Of(settings, "big");

        Assert.Equal((2000, true, 2001), (context.RunAsUser, context.RunAsNonRoot, context.FsGroup));
        Assert.Equal([1, 2], context.SupplementalGroups);
        Assert.Equal(("Localhost", "ci.json"), (context.SeccompProfile.Type, context.SeccompProfile.LocalhostProfile));
        Assert.Equal((1001, null), (Of(settings).RunAsUser, Of(settings).FsGroup));
    }

    [Theory]
    [InlineData("restricted", "emptyDir", null, null, 1654L)]
    [InlineData("restricted", "pvc", 1001L, null, 1001L)]
    [InlineData("restricted", "pvc", 1001L, 3000L, 3000L)]
    [InlineData("restricted", "pvc", 1001L, 0L, 1001L)]
    [InlineData("baseline", "emptyDir", 1001L, null, null)]
    [InlineData("baseline", "ephemeral", 1001L, null, 1001L)]
    [InlineData("baseline", "pvc", null, null, null)] // root, as a rule
    public void Users_without_rights_get_a_group_that_may_write_to_claims(string level, string type, long? user, long? group, long? expected)
    {
        var settings = SomeKubernetes.Options();
        settings.Security.PodSecurityStandard = level;
        settings.Security.PodSecurityContext = new V1PodSecurityContext { RunAsUser = user, RunAsGroup = group };
        settings.Storage.Workspace = new VolumeOptions { Type = type, ClaimName = "work", Size = "1Gi" };

        var context = Of(settings);

        Assert.Equal((expected, expected is null ? null : "OnRootMismatch"), (context.FsGroup, context.FsGroupChangePolicy));
    }

    private static V1PodSecurityContext Of(KubernetesOptions settings, params string[] labels) =>
        SecurityContexts.OfPod(settings, PlacementRules.Place(labels, poolPlatform: null, settings));
}

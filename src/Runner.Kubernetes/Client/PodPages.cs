using k8s;
using k8s.Models;
using Runner.Jobs.Errors;

namespace Runner.Kubernetes.Client;

/// <summary>Lists pods in pages: thousands of them in one answer would take more memory than all that an agent needs besides.</summary>
internal static class PodPages
{
    private const int Size = 250;

    /// <summary>All pods of a selector, and the version that the list is of. Nothing is tried again.</summary>
    /// <param name="cluster">Where.</param>
    /// <param name="selector">Which pods.</param>
    /// <param name="take">What is kept of each.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InfrastructureException">It could not be read, or it expired between two pages.</exception>
    public static async Task<(IReadOnlyList<T> Items, string Version)> ListAsync<T>(
        JobCluster cluster, string selector, Func<V1Pod, T> take, CancellationToken cancellationToken)
    {
        List<T> items = [];
        string? next = null;
        while (true)
        {
            var page = await ApiCaller.CallOnceAsync(
                "list pods",
                token => cluster.Core.ListNamespacedPodAsync(
                    cluster.Namespace, labelSelector: selector, limit: Size, continueParameter: next, cancellationToken: token),
                cancellationToken);
            items.AddRange(page.Items.Select(take));
            if (page.Metadata?.ContinueProperty is not { Length: > 0 } more)
            {
                return (items, page.Metadata?.ResourceVersion ?? string.Empty);
            }

            next = more;
        }
    }
}

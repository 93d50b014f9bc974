using k8s.Models;

namespace Runner.Kubernetes.Client;

/// <summary>
/// Reads the API server's refusal of what a quota has no room for. Its <c>Status</c> has no field that tells it from other refusals, so
/// the text is all there is; it is made in one place of Kubernetes, the admission plugin ResourceQuota:
/// <c>pods "a" is forbidden: exceeded quota: q, requested: pods=1,limits.cpu=2, used: pods=10,limits.cpu=3, limited: pods=10,limits.cpu=4</c>.
/// Pure.
/// </summary>
internal static class QuotaRefusal
{
    private const string Mark = "exceeded quota: ";

    /// <summary>Whether there may be room later. False of other refusals, and of what is larger than all that the quota gives.</summary>
    public static bool MayPass(string message)
    {
        var start = message.IndexOf(Mark, StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }

        var text = message[start..];
        var limited = Amounts(text, ", limited: ").ToDictionary(amount => amount.Resource, amount => amount.Value, StringComparer.Ordinal);
        return Amounts(text, ", requested: ").All(amount => !limited.TryGetValue(amount.Resource, out var limit) || amount.Value <= limit);
    }

    private static IEnumerable<(string Resource, decimal Value)> Amounts(string text, string head)
    {
        var start = text.IndexOf(head, StringComparison.Ordinal);
        if (start < 0)
        {
            yield break;
        }

        var rest = text[(start + head.Length)..];
        var end = rest.IndexOf(", ", StringComparison.Ordinal); // the amounts of one list have no blank between them
        foreach (var amount in (end < 0 ? rest : rest[..end]).Split(' ')[0].Split(','))
        {
            var parts = amount.Split('=');
            if (parts.Length == 2 && TryParse(parts[1]) is { } value)
            {
                yield return (parts[0], value);
            }
        }
    }

    private static decimal? TryParse(string quantity)
    {
        try
        {
            return new ResourceQuantity(quantity).ToDecimal();
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException)
        {
            return null; // a form that we do not know says nothing
        }
    }
}

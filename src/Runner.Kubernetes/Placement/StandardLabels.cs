using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Placement;

/// <summary>The labels that mean something by themselves (<c>docs/placement.md</c>, rule 3).</summary>
internal static partial class StandardLabels
{
    /// <summary>Applies a label and says what it did, or <c>null</c> where it is none of these.</summary>
    /// <exception cref="WorkflowException">It is one, but cannot be honoured.</exception>
    public static string? TryApply(PlacementDraft draft, string label)
    {
        var name = label.ToLowerInvariant();
        switch (name)
        {
            case "self-hosted":
                return "no constraint";
            case "linux":
                return draft.Select(label, $"{NodeLabels.Os}=linux");
            case "windows":
                return Windows(draft, label);
            case "x64" or "amd64":
                return draft.Select(label, $"{NodeLabels.Architecture}=amd64");
            case "arm64":
                return draft.Select(label, $"{NodeLabels.Architecture}=arm64");
            case "arm":
                return draft.Select(label, $"{NodeLabels.Architecture}=arm");
            case "gpu":
                return Gpu(draft, label, "1", model: null);
            case "macos":
                throw NoMac(draft, label);
        }

        if (name.StartsWith("macos-", StringComparison.Ordinal))
        {
            throw NoMac(draft, label);
        }

        if (UbuntuLabel().Match(name) is { Success: true } ubuntu)
        {
            var architecture = ubuntu.Groups["arm"].Success ? "arm64" : "amd64";
            draft.UseImageVersion(ubuntu.Groups["version"].Value);
            return $"{draft.Select(label, $"{NodeLabels.Os}=linux")}, {draft.Select(label, $"{NodeLabels.Architecture}={architecture}")}";
        }

        if (name.StartsWith("windows-", StringComparison.Ordinal))
        {
            draft.UseImageVersion(name["windows-".Length..]);
            return Windows(draft, label);
        }

        return Sized(draft, label, name);
    }

    private static string? Sized(PlacementDraft draft, string label, string name)
    {
        if (CpuSuffix().Match(name) is { Success: true } cores)
        {
            return Cpu(draft, label, cores.Groups["n"].Value);
        }

        // Values keep their case: 4Gi and 4gi are not the same to Kubernetes.
        var equals = label.IndexOf('=', StringComparison.Ordinal);
        var value = label[(equals + 1)..];
        return equals < 0 ? null : name[..equals] switch
        {
            "cpu" => Cpu(draft, label, value),
            "memory" or "mem" => Memory(draft, label, value),
            "disk" or NodeLabels.Storage => Storage(draft, label, value),
            "gpu" => Gpu(draft, label, value),
            _ => null,
        };
    }

    private static string Cpu(PlacementDraft draft, string label, string value) =>
        Quantity.TryParse(value, out var cores) && cores > 0
            ? draft.Resource(label, NodeLabels.Cpu, value)
            : throw new WorkflowException(
                $"runs-on: '{label}' asks for {Shown(value)} processors; write a number such as cpu=2, cpu=1.5 or cpu=500m");

    private static string Memory(PlacementDraft draft, string label, string value) =>
        Quantity.TryParseMemory(value, out var quantity)
            ? draft.Resource(label, NodeLabels.Memory, quantity)
            : throw new WorkflowException(
                $"runs-on: '{label}' asks for {Shown(value)} memory; write a size such as memory=4Gi or memory=512Mi");

    private static string Storage(PlacementDraft draft, string label, string value) =>
        Quantity.TryParseMemory(value, out var quantity)
            ? draft.Resource(label, NodeLabels.Storage, quantity)
            : throw new WorkflowException(
                $"runs-on: '{label}' asks for {Shown(value)} disk; write a size such as disk=20Gi");

    // gpu=2, gpu=a100, gpu=a100:2
    private static string Gpu(PlacementDraft draft, string label, string value)
    {
        var parts = value.Split(':', 2);
        if (parts.Length == 1 && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return Gpu(draft, label, value, model: null);
        }

        return Gpu(draft, label, parts.Length == 2 ? parts[1] : "1", parts[0]);
    }

    private static string Gpu(PlacementDraft draft, string label, string count, string? model)
    {
        var isCount = int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
        if (!isCount || (model is not null && !IsModel(model)))
        {
            throw new WorkflowException($"runs-on: '{label}' is no request for GPUs; write gpu, gpu=2, gpu=a100 or gpu=a100:2");
        }

        draft.Tolerate(new V1Toleration { Key = NodeLabels.Gpu, OperatorProperty = "Exists" });
        var limit = draft.Limit(label, NodeLabels.Gpu, count);
        return $"{limit}, {draft.Select(label, $"{NodeLabels.Accelerator}={model ?? "gpu"}")}";
    }

    private static string Windows(PlacementDraft draft, string label)
    {
        draft.Tolerate(new V1Toleration { Key = "os", OperatorProperty = "Equal", Value = "windows", Effect = "NoSchedule" });
        return draft.Select(label, $"{NodeLabels.Os}=windows");
    }

    private static WorkflowException NoMac(PlacementDraft draft, string label) =>
        new($"runs-on: '{label}': Kubernetes has no macOS nodes. {PlacementRules.Known(draft.Options)}");

    private static bool IsModel(string model) => model.Length > 0 && LabelRules.IsValue(model);

    private static string Shown(string value) => value.Length == 0 ? "no number of" : $"'{value}'";

    [GeneratedRegex("^ubuntu-(?<version>latest|slim|[0-9]{2}\\.[0-9]{2})(?<arm>-arm(64)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex UbuntuLabel();

    [GeneratedRegex("^(?<n>[0-9]+)-?cpu$", RegexOptions.CultureInvariant)]
    private static partial Regex CpuSuffix();
}

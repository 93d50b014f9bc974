using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using k8s.Models;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Security;
using Runner.Kubernetes.Spec;

namespace Runner.Kubernetes.Actions;

/// <summary>The container of an action as it is added to the pod of its job, and the values that it gets from the job's Secret. Pure.</summary>
/// <remarks>
/// <para>
/// Environment and arguments may hold secrets, so the spec has their names only; the values stand in the Secret for as long as the container
/// needs to start. An argument is a variable, too, which the kubelet puts in its place (<c>$(NAME)</c>).
/// </para>
/// <para>
/// It is the Secret of the job, not one of the action's: before Kubernetes 1.33 a node may not read a Secret that the pod did not name from
/// its beginning (node authorizer, kubernetes/kubernetes#114984; seen on 1.20).
/// </para>
/// <para>
/// It shares the job container's processes: its own are then not the first of a namespace, which the kernel keeps signals from, and they end
/// with the worker at the latest.
/// </para>
/// </remarks>
internal sealed partial record ActionPodContainer
{
    private const int IdLetters = 8;
    private const string ArgumentVariable = "ACTION_ARGUMENT_";

    private ActionPodContainer()
    {
    }

    /// <summary>The container.</summary>
    public required V1EphemeralContainer Spec { get; init; }

    /// <summary>What it gets, by key of the job's Secret.</summary>
    public required ImmutableSortedDictionary<string, byte[]> Values { get; init; }

    /// <summary>Variables that no container of a pod can have, by name.</summary>
    public required ImmutableArray<string> LeftOut { get; init; }

    /// <summary>Its name.</summary>
    public string Name => Spec.Name;

    /// <summary>The container of a request. The same request gives the same one.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="image">Its image.</param>
    /// <param name="requestId">The request's id, of which its name is made.</param>
    /// <param name="secretName">The job's Secret.</param>
    /// <param name="options">Settings.</param>
    /// <param name="level">The level that the pod keeps to.</param>
    /// <exception cref="WorkflowException">The arguments cannot be read.</exception>
    public static ActionPodContainer Build(
        ContainerRequest request, string image, string requestId, string secretName, KubernetesOptions options, PodSecurityLevel level)
    {
        var name = ContainerNames.ActionPrefix + requestId[..Math.Min(IdLetters, requestId.Length)];
        var arguments = request.SplitArguments();
        var possible = request.Environment.Where(variable => VariableName().IsMatch(variable.Key)).ToList();
        var variables = possible
            .Concat(arguments.Select((argument, index) => KeyValuePair.Create(NameOfArgument(index), argument)))
            .Select((variable, index) => (variable.Key, variable.Value, SecretKey: string.Create(CultureInfo.InvariantCulture, $"{name}.{index}")))
            .ToList();
        var clamp = new PodSecurityClamp(level, static (_, _) => { }); // no workflow can ask for anything here, and the settings were checked
        return new ActionPodContainer
        {
            Spec = clamp.Apply(new V1EphemeralContainer
            {
                Name = name,
                Image = image,
                ImagePullPolicy = options.ImagePullPolicy,
                TargetContainerName = ContainerNames.Job,
                Command = request.Entrypoint is { Length: > 0 } entrypoint ? [WithoutReferences(entrypoint)] : null,
                Args = arguments.IsEmpty ? null : [.. arguments.Select((_, index) => $"$({NameOfArgument(index)})")],
                WorkingDir = request.WorkingDirectory,
                Env = [.. variables.Select(variable => FromSecret(variable.Key, secretName, variable.SecretKey))],
                SecurityContext = options.Security.SecurityContext,
                VolumeMounts = [.. ActionVolumes.MountsOf(request)],
            }),
            Values = variables.ToImmutableSortedDictionary(variable => variable.SecretKey, variable => Encoding.UTF8.GetBytes(variable.Value), StringComparer.Ordinal),
            LeftOut = [.. request.Environment.Keys.Where(variable => !VariableName().IsMatch(variable))],
        };
    }

    private static string NameOfArgument(int index) => string.Create(CultureInfo.InvariantCulture, $"{ArgumentVariable}{index + 1}");

    // The kubelet takes $(NAME) for a reference and $$ for a dollar.
    private static string WithoutReferences(string text) => text.Replace("$", "$$", StringComparison.Ordinal);

    private static V1EnvVar FromSecret(string name, string secret, string key) => new()
    {
        Name = name,
        ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = secret, Key = key } },
    };

    // What every API server takes; those since 1.34 take nearly all.
    [GeneratedRegex(@"^(?!\.\z|\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}

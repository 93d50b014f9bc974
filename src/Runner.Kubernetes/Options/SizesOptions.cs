namespace Runner.Kubernetes.Options;

/// <summary>
/// Sizes that a job of a pool may ask for by a label of its own, such as <c>cpu=4</c>. Each is a list, or a range with <c>min</c> and <c>max</c>.
/// </summary>
public sealed record SizesOptions
{
    /// <summary>Processors: labels <c>cpu=N</c>.</summary>
    public SizeOptions? Cpu { get; set; }

    /// <summary>Memory: labels <c>memory=SIZE</c>.</summary>
    public SizeOptions? Memory { get; set; }

    /// <summary>GPUs: labels <c>gpu=N</c>; a list may name models, as <c>a100</c> or <c>a100:2</c>.</summary>
    public SizeOptions? Gpu { get; set; }

    /// <summary>Disk of the node (<c>ephemeral-storage</c>): labels <c>disk=SIZE</c>.</summary>
    public SizeOptions? Disk { get; set; }

    /// <summary>Architectures: labels <c>x64</c>, <c>arm64</c>, <c>arm</c>. A job that asks for none gets the first.</summary>
    public IList<string> Arch { get; set; } = [];
}

/// <summary>The sizes of one resource. A list alone stands for <see cref="Values"/>.</summary>
[ShortForm(nameof(Values))]
public sealed record SizeOptions
{
    /// <summary>The sizes themselves, such as <c>[1, 2, 4]</c>.</summary>
    public IList<string> Values { get; set; } = [];

    /// <summary>Smallest size of a range.</summary>
    public string? Min { get; set; }

    /// <summary>Largest size of a range.</summary>
    public string? Max { get; set; }

    /// <summary>From each size of a range to the next. Default: to the double, and the bounds.</summary>
    public string? Step { get; set; }
}

/// <summary>Settings that may be written as one of their keys alone.</summary>
/// <param name="property">Name of that key's property.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShortFormAttribute(string property) : Attribute
{
    /// <summary>Name of the property.</summary>
    public string Property => property;
}

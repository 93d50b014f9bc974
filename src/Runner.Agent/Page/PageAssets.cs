using System.Collections.Immutable;

namespace Runner.Agent.Page;

/// <summary>Styles, script and icon, as they lie beside this file.</summary>
internal static class PageAssets
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<PageAsset> All { get; } =
    [
        Read("page.css", "text/css; charset=utf-8"), Read("page.js", "text/javascript; charset=utf-8"), Read("icon.svg", "image/svg+xml"),
    ];

    private static PageAsset Read(string name, string type)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The build left out {name}");
        using var reader = new StreamReader(stream);
        return new PageAsset(name, type, reader.ReadToEnd());
    }
}

/// <summary>A file of the page.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Text">What it holds.</param>
internal sealed record PageAsset(string Name, string ContentType, string Text);

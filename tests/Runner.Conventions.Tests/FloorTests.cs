using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>A project is a house: its README lists its folders from top to bottom, and a file names only what is on its floor or below.</summary>
public sealed partial class FloorTests
{
    private const int LargestKnot = 4;

    public static TheoryData<string> Projects => [.. Repository.Product.Select(project => project.Name)];

    [Theory, MemberData(nameof(Projects))]
    public void Files_name_only_folders_below_their_own(string name)
    {
        var types = new TypeMap(Repository.Product.Single(project => project.Name == name));
        var rows = FolderRow().Matches(File.ReadAllText(Path.Combine(types.Folder, "README.md"))).Select(match => match.Groups["folder"].Value).ToList();

        Rule.IsKept(
            from names in types.Names
            let floor = types.FolderOf(names.File)
            let to = types.FolderOf(names.Named)
            where floor.Length > 0 && to.Length > 0 && rows.IndexOf(to) < rows.IndexOf(floor)
            select $"{Repository.Relative(names.File)} names a type of {to}/, which is above {floor}/",
            "The README of the project lists its folders from top to bottom: move the file or the type, or split what has two homes.");
    }

    // The root is one floor: the top or the ground, not both.
    [Theory, MemberData(nameof(Projects))]
    public void Root_is_above_all_folders_that_it_names(string name)
    {
        var types = new TypeMap(Repository.Product.Single(project => project.Name == name));
        var edges = types.Names.Select(names => (From: types.FolderOf(names.File), To: types.FolderOf(names.Named))).ToHashSet();
        var above = new HashSet<string>(StringComparer.Ordinal);
        for (var found = new HashSet<string>([string.Empty]); found.Count > 0;)
        {
            found = [.. edges.Where(edge => found.Contains(edge.To) && edge.From.Length > 0 && above.Add(edge.From)).Select(edge => edge.From)];
        }

        Rule.IsKept(
            edges.Where(edge => edge.From.Length == 0 && above.Contains(edge.To)).Select(edge => $"{name}: the root names {edge.To}/, which leads back to it"),
            "Move what folders share from the root to a folder, or what the root composes out of it.");
    }

    [Theory, MemberData(nameof(Projects))]
    public void Few_files_lead_to_each_other(string name)
    {
        var knot = new TypeMap(Repository.Product.Single(project => project.Name == name)).LargestKnot();

        Assert.True(knot.Count <= LargestKnot, $"{knot.Count} files lead to each other: {string.Join(", ", knot.Select(Repository.Relative))}");
    }

    [GeneratedRegex(@"^\| `(?<folder>\w+)/` \|", RegexOptions.Multiline)]
    private static partial Regex FolderRow();
}

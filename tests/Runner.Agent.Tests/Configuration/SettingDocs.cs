using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Runner.Agent.Tests.Configuration;

/// <summary>What the doc comments of the settings say, as plain text.</summary>
internal static partial class SettingDocs
{
    private static readonly Dictionary<Assembly, Dictionary<string, string>> Files = [];

    /// <summary>The summary of a setting.</summary>
    public static string Of(PropertyInfo property)
    {
        var type = property.DeclaringType!; // a property has one
        lock (Files)
        {
            if (!Files.TryGetValue(type.Assembly, out var docs))
            {
                Files[type.Assembly] = docs = Read(type.Assembly);
            }

            return docs.GetValueOrDefault($"P:{type.FullName}.{property.Name}", string.Empty);
        }
    }

    private static Dictionary<string, string> Read(Assembly assembly) => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => (string)member.Attribute("name")!, member => Plain(member.Element("summary")!)); // the compiler writes both

    private static string Plain(XElement summary)
    {
        foreach (var see in summary.Descendants("see").ToList())
        {
            var name = ((string?)see.Attribute("cref") ?? string.Empty).Split('.')[^1];
            see.ReplaceWith(new XText($"`{char.ToLowerInvariant(name[0])}{name[1..]}`"));
        }

        foreach (var code in summary.Descendants("c").ToList())
        {
            code.ReplaceWith(new XText($"`{code.Value}`"));
        }

        return Blanks().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}

using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Agent.Configuration;
using Runner.Testing;

namespace Runner.Agent.Tests.Configuration;

/// <summary>Schema and reference page are made from the settings' types: a setting that is in one of them only fails here.</summary>
public sealed class SchemaTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Schema_has_every_setting()
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "Settings of runner" };
        var settings = new SettingsSchema();
        foreach (var (key, value) in settings.With(settings.Of(typeof(AgentOptions))).ToList())
        {
            schema[key] = value?.DeepClone();
        }

        Golden.CheckMade("src/Runner.Agent/Configuration/runner.schema.json", schema.ToJsonString(Readable) + "\n");
        Assert.NotEmpty(ConfigSchema.Text());
    }

    [Fact]
    public void Charts_values_have_every_setting_of_the_agent() =>
        Golden.CheckMade("helm/runner/values.schema.json", ChartSchema.Make().ToJsonString(Readable) + "\n");

    [Fact]
    public void Reference_page_has_every_setting()
    {
        var page = new StringBuilder("# All settings\n\nMade from the sources by a test; [configuration.md](configuration.md) explains how settings are read.\n\n| setting | value | what it is |\n|---|---|---|\n");
        foreach (var (path, type, text) in Rows(string.Empty, typeof(AgentOptions)))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{path}` | {type} | {text.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        Golden.CheckMade("docs/configuration-reference.md", page.ToString());
    }

    private static IEnumerable<(string Path, string Type, string Text)> Rows(string path, Type type)
    {
        foreach (var property in ConfigBinder.Settings(type))
        {
            var (name, kind) = (path + ConfigBinder.KeyName(property), Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
            while (true)
            {
                if (ConfigBinder.DictionaryValueType(kind) is { } value)
                {
                    (name, kind) = ($"{name}.NAME", value);
                }
                else if (ConfigBinder.ItemType(kind) is { } item && !ConfigValues.CanRead(item))
                {
                    (name, kind) = ($"{name}[]", item);
                }
                else
                {
                    break;
                }
            }

            var isSection = !ConfigValues.CanRead(kind) && !KubernetesValues.IsOne(kind) && ConfigBinder.ItemType(kind) is null;
            yield return (name, isSection ? "section" : Kind(kind), SettingDocs.Of(property));
            foreach (var row in isSection ? Rows($"{name}.", kind) : [])
            {
                yield return row;
            }
        }
    }

    private static string Kind(Type type) => type switch
    {
        _ when KubernetesValues.IsOne(type) => "as in a manifest",
        _ when ConfigBinder.ItemType(type) is not null => "a list of texts",
        _ => ConfigValues.Expected(type),
    };
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Runner.Execution.Masking;

/// <summary>The forms in which a secret may come up in a log (<c>worker-semantics.md</c> section 12). Pure.</summary>
internal static class SecretVariants
{
    private const int MinUnquotedLength = 8;
    private const int MinPowerShellPart = 6;

    /// <summary>The secret trimmed, each of its lines trimmed, and every form of each; no empty ones, doubles possible.</summary>
    public static IEnumerable<string> Of(string secret)
    {
        var whole = secret.Trim();
        foreach (var form in FormsOf(whole))
        {
            yield return form;
        }

        if (whole.AsSpan().IndexOfAny('\r', '\n') < 0)
        {
            yield break;
        }

        foreach (var line in whole.Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var form in FormsOf(line))
            {
                yield return form;
            }
        }
    }

    private static List<string> FormsOf(string value)
    {
        if (value.Length == 0)
        {
            return [];
        }

        var forms = new List<string> { value };
        AddBase64(forms, value);
        forms.Add(value.Replace("\"", "\\\"", StringComparison.Ordinal));
        forms.Add(value.Replace("'", "''", StringComparison.Ordinal));
        AddJson(forms, value);
        forms.Add(Uri.EscapeDataString(value));
        forms.Add(EscapeXml(value));
        AddUnquoted(forms, value);
        AddPowerShellParts(forms, value);
        forms.RemoveAll(form => form.Length == 0);
        return forms;
    }

    // The secret may stand anywhere in what was encoded, so its first one or two bytes may belong to a group of their own.
    private static void AddBase64(List<string> forms, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        for (var shift = 0; shift <= 2 && shift < bytes.Length; shift++)
        {
            forms.Add(Convert.ToBase64String(bytes, shift, bytes.Length - shift));
        }
    }

    // Encoders differ in what they escape beyond the necessary: the least and the most that are usual.
    private static void AddJson(List<string> forms, string value)
    {
        forms.Add(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value);
        forms.Add(JsonEncodedText.Encode(value).Value);
    }

    private static string EscapeXml(string value) => value
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("'", "&apos;", StringComparison.Ordinal);

    private static void AddUnquoted(List<string> forms, string value)
    {
        if (value.Length > MinUnquotedLength && value[0] == '"' && value[^1] == '"')
        {
            forms.Add(value[1..^1]);
        }
    }

    // PowerShell's errors repeat a command line in colours, cut at its '&' operators.
    private static void AddPowerShellParts(List<string> forms, string value)
    {
        if (!value.Contains('&', StringComparison.Ordinal))
        {
            return;
        }

        var plus = value.IndexOf("&+", StringComparison.Ordinal);
        var last = value.LastIndexOf('&');
        var (head, tail) = plus >= 0
            ? (value[..(plus + 1)], value[(plus + 2)..])
            : (value[..(last + 1)], value[(last + 1)..]);
        AddPart(forms, head);
        AddPart(forms, tail);
    }

    private static void AddPart(List<string> forms, string part)
    {
        if (part.Length >= MinPowerShellPart)
        {
            forms.Add(part);
        }
    }
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Runner.Execution.Masking;

/// <summary>The forms in which a secret may come up in a log (<c>worker-semantics.md</c> section 12). Pure.</summary>
internal static class SecretVariants
{
    private const int MinUnquotedLength = 8;
    private const int MinPowerShellPart = 6;
    private const int MinHexBytes = 4;

    /// <summary>
    /// The secret trimmed, each of its lines trimmed, its fields where it is JSON, and every form of each; no empty ones, doubles possible.
    /// Percent-encodings are none of them: lines are looked through decoded, too (<see cref="PercentDecoding"/>).
    /// </summary>
    public static IEnumerable<string> Of(string secret)
    {
        var whole = secret.Trim();
        return JsonSecret.Fields(whole).Select(field => field.Trim()).Prepend(whole).SelectMany(OfOne);
    }

    private static IEnumerable<string> OfOne(string whole)
    {
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
        AddHex(forms, value);
        forms.Add(value.Replace("\"", "\\\"", StringComparison.Ordinal));
        forms.Add(value.Replace("'", "''", StringComparison.Ordinal));
        AddJson(forms, value);
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
            var encoded = Convert.ToBase64String(bytes, shift, bytes.Length - shift);
            var unpadded = encoded.TrimEnd('=');
            forms.Add(encoded);
            forms.Add(unpadded);
            forms.Add(unpadded.Replace('+', '-').Replace('/', '_')); // RFC 4648 section 5, as in tokens
        }
    }

    private static void AddHex(List<string> forms, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        if (bytes.Length >= MinHexBytes)
        {
            forms.Add(Convert.ToHexString(bytes));
            forms.Add(Convert.ToHexStringLower(bytes));
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

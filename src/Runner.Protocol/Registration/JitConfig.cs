using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Runner.Jobs.Errors;

namespace Runner.Protocol.Registration;

/// <summary>
/// What <c>generate-jitconfig</c> gives for one ephemeral runner: base64 of a JSON object of files, each in base64 again
/// (<c>registration.md</c> section 8).
/// </summary>
public sealed record JitConfig
{
    private const string SettingsFile = ".runner";
    private const string CredentialsFile = ".credentials";
    private const string KeyFile = ".credentials_rsaparams";

    /// <summary>Who the runner is and which services it uses.</summary>
    public required RunnerSettings Settings { get; init; }

    /// <summary>How it asks for tokens.</summary>
    public required RunnerCredentials Credentials { get; init; }

    /// <summary>Its private key.</summary>
    public required RsaKey Key { get; init; }

    /// <summary>Reads an <c>encoded_jit_config</c>.</summary>
    /// <exception cref="InfrastructureException">It is not one; the message names the part and never shows its text.</exception>
    public static JitConfig Decode(string encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        Dictionary<string, string>? files;
        try
        {
            files = JsonSerializer.Deserialize(Convert.FromBase64String(encoded.Trim()), RegistrationJson.Default.DictionaryStringString);
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            // The inner error may quote the text, which holds a private key: it is left out.
            throw new InfrastructureException("encoded_jit_config: expected base64 of a JSON object of files");
        }

        return new JitConfig
        {
            Settings = Read(files, SettingsFile, RegistrationJson.Default.RunnerSettings),
            Credentials = Read(files, CredentialsFile, RegistrationJson.Default.RunnerCredentials),
            Key = Read(files, KeyFile, RegistrationJson.Default.RsaKey),
        };
    }

    /// <summary>Writes an <c>encoded_jit_config</c> that a runner of GitHub's reads too.</summary>
    public string Encode()
    {
        var files = new Dictionary<string, string>
        {
            [SettingsFile] = Write(Settings, RegistrationJson.Default.RunnerSettings),
            [CredentialsFile] = Write(Credentials, RegistrationJson.Default.RunnerCredentials),
            [KeyFile] = Write(Key, RegistrationJson.Default.RsaKey),
        };
        return Write(files, RegistrationJson.Default.DictionaryStringString);
    }

    /// <summary>The runner's name only.</summary>
    public override string ToString() => Settings.AgentName;

    private static T Read<T>(Dictionary<string, string>? files, string name, JsonTypeInfo<T> type)
    {
        var content = files?.FirstOrDefault(file => string.Equals(file.Key, name, StringComparison.OrdinalIgnoreCase)).Value
            ?? throw new InfrastructureException($"encoded_jit_config: the file '{name}' is missing");
        try
        {
            // Some producers write a byte order mark.
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(content)).TrimStart('\uFEFF');
            return JsonSerializer.Deserialize(text, type) ?? throw new JsonException("null");
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            throw new InfrastructureException($"encoded_jit_config: the file '{name}' is not base64 of the JSON expected there");
        }
    }

    private static string Write<T>(T value, JsonTypeInfo<T> type) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(value, type));
}

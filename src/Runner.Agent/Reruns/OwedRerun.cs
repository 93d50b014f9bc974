using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Agent.Configuration;
using Runner.Jobs;

namespace Runner.Agent.Reruns;

/// <summary>A job that is to be run again, and, once it is, why it was. It is kept as a note, so that it outlives the agent.</summary>
internal sealed record OwedRerun
{
    /// <summary>Which job, in the attempt that was lost.</summary>
    public required RunFacts Job { get; init; }

    /// <summary>Pool that ran it.</summary>
    public required string Pool { get; init; }

    /// <summary>What took its place away.</summary>
    public required RerunCause Cause { get; init; }

    /// <summary>The same in words.</summary>
    public required string Detail { get; init; }

    /// <summary>By how much more memory than its labels say it gets, 1 for none.</summary>
    public double MemoryFactor { get; init; } = 1;

    /// <summary>When it was lost.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The agent's process that writes it down, and asks more often than others for the run's end.</summary>
    public required string Writer { get; init; }

    /// <summary>When GitHub was told to run it again, or was seen to; <c>null</c>: it is still owed.</summary>
    public DateTimeOffset? Asked { get; init; }

    /// <summary>Name of its note: one for each job of an attempt.</summary>
    [JsonIgnore]
    public string NoteName
    {
        get
        {
            var job = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Job.Repository}\n{Job.JobName}")))[..12];
            return string.Create(CultureInfo.InvariantCulture, $"{Job.Run}-{Job.Attempt}-{job}");
        }
    }

    /// <summary>Whether a note of this name is one of them, and no other feature's: theirs begin with a letter.</summary>
    public static bool IsName(string name) => name.Length > 0 && char.IsAsciiDigit(name[0]);

    /// <summary>As the note's text.</summary>
    public string ToText() => JsonSerializer.Serialize(this, RerunJson.Default.OwedRerun);

    /// <summary>Out of a note's text; <c>null</c>: it is none.</summary>
    public static OwedRerun? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, RerunJson.Default.OwedRerun);
        }
        catch (JsonException)
        {
            return null; // of another version, or not ours
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(OwedRerun))]
internal sealed partial class RerunJson : JsonSerializerContext;

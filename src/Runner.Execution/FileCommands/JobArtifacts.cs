using System.Text.Json;
using Runner.Jobs.Messages;

namespace Runner.Execution.FileCommands;

/// <summary>
/// What the steps of a job declared as built, by <c>GITHUB_ARTIFACTS</c>; the steps after them read it from <c>GITHUB_ARTIFACTS_LIST</c>. Safe from any
/// thread.
/// </summary>
internal sealed class JobArtifacts
{
    /// <summary>The operator's switch, where GitHub's is off.</summary>
    public const string Variable = "ACTIONS_RUNNER_ALLOW_ARTIFACTS_FILE";

    /// <summary>Most subjects of a job.</summary>
    public const int MaxSubjects = 500;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, ArtifactSubject> _subjects = new(StringComparer.Ordinal);

    /// <summary>Subjects so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _subjects.Count;
            }
        }
    }

    /// <summary>Those of a job, none so far; <c>null</c>: the job cannot declare anything.</summary>
    /// <param name="message">GitHub's switch is one of its variables.</param>
    /// <param name="environment">The worker's own environment, where the operator's is.</param>
    public static JobArtifacts? Of(JobMessage message, IReadOnlyDictionary<string, string> environment) =>
        message.IsFeatureOn(JobVariables.AllowArtifactsFile) || (bool.TryParse(environment.GetValueOrDefault(Variable), out var isAllowed) && isAllowed)
            ? new JobArtifacts()
            : null;

    /// <summary>Adds a subject. False: it was declared before.</summary>
    /// <exception cref="FormatException">Another subject has its name, or there are too many.</exception>
    public bool Add(ArtifactSubject subject)
    {
        lock (_lock)
        {
            if (_subjects.TryGetValue(subject.Name, out var known))
            {
                return known.Digest == subject.Digest
                    ? false
                    : throw new FormatException($"'{subject.Name}' was declared before with the digest {known.Digest}, now it has {subject.Digest}");
            }

            if (_subjects.Count >= MaxSubjects)
            {
                throw new FormatException($"the job has {MaxSubjects} artifact subjects already, and may not have more");
            }

            _subjects.Add(subject.Name, subject);
            return true;
        }
    }

    /// <summary>Writes the subjects so far to a file, as JSON; gives the variable's last part with the file's path.</summary>
    public KeyValuePair<string, string> WriteList(string path)
    {
        using var stream = File.Create(path);
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        writer.WriteNumber("version", 1);
        writer.WriteStartArray("subjects");
        lock (_lock)
        {
            foreach (var subject in _subjects.Values)
            {
                writer.WriteStartObject();
                writer.WriteString("name", subject.Name);
                writer.WriteString("digest", subject.Digest);
                writer.WriteString("kind", subject.Kind);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return KeyValuePair.Create("artifacts_list", path);
    }
}

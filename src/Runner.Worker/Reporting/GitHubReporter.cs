using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Runner.Execution.Reporting;
using Runner.Jobs.Outcomes;
using Runner.Jobs;
using Runner.Protocol.Http;
using Runner.Worker.Feed;
using Runner.Worker.Logging;

namespace Runner.Worker.Reporting;

/// <summary>
/// Tells GitHub of a running job. What comes is spooled and returns at once; sending happens beside the job, and what
/// is left at its end goes out at once.
/// </summary>
/// <remarks>Every line of a step is in the step's log and in the job's, with the same time; both are in the order in which lines came.</remarks>
internal sealed class GitHubReporter : IJobReporter, IDisposable
{
    private readonly string _folder;
    private readonly IReportService _service;
    private readonly LiveFeed? _feed;
    private readonly Action<ReadOnlySpan<byte>>? _mirror;
    private readonly ReportingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationToken _giveUp;
    private readonly RetryPipeline _retry;
    private readonly UploadSlots _slots;
    private readonly StepUpdateSender _updates;
    private readonly SummaryUploader _summaries;
    private readonly Task<bool> _updating;

    private readonly Lock _lock = new();
    private readonly LineStamp _stamp = new();
    private readonly LogSpool _jobLog;
    private readonly LogUpload _jobUpload;
    private readonly JobLogFile _jobLogFile;
    private readonly Dictionary<StepId, LogSpool> _stepLogs = [];
    private readonly List<Task<bool>> _uploads = [];
    private bool _isEnded;

    /// <summary>A reporter of one job, which starts to send.</summary>
    /// <param name="folder">Where it spools.</param>
    /// <param name="service">Whom to tell.</param>
    /// <param name="feed">Shows lines live, or <c>null</c>. It is the caller's.</param>
    /// <param name="mirror">Prints every line, or <c>null</c>.</param>
    /// <param name="leave">Keeps the part of the job's log that is not at GitHub where it outlives the worker; <c>null</c>: all of it is there.</param>
    /// <param name="options">When and how much to send.</param>
    /// <param name="time">Clock of stamps and pauses.</param>
    /// <param name="logger">For the operator.</param>
    /// <param name="giveUp">Ends all tries.</param>
    public GitHubReporter(
        string folder,
        IReportService service,
        LiveFeed? feed,
        Action<ReadOnlySpan<byte>>? mirror,
        Action<UnsentLog?> leave,
        ReportingOptions options,
        TimeProvider time,
        ILogger logger,
        CancellationToken giveUp)
    {
        _folder = folder;
        _logger = logger;
        TryCreate(folder);
        _service = service;
        _feed = feed;
        _mirror = mirror;
        _options = options;
        _time = time;
        _giveUp = giveUp;
        _retry = new RetryPipeline(options.Retry, time, logger);
        _slots = new UploadSlots(options.MaxUploads);
        _updates = new StepUpdateSender(service, _retry, options, time, logger);
        _summaries = new SummaryUploader(service, _slots, _retry, options, logger);
        _updating = _updates.RunAsync(giveUp);
        _jobLog = new LogSpool(PathOf(step: null), time);
        _jobUpload = UploadOf(step: null, _jobLog);
        _jobLogFile = new JobLogFile(_jobLog, () => leave(Unsent()), time);
        _uploads.Add(new LogUploader(NameOf(step: null), _jobLog, _jobUpload, options, time, logger) { Sent = _jobLogFile.Grow }.RunAsync(giveUp));
    }

    /// <inheritdoc/>
    public void StepChanged(StepRecord record) => _updates.Change(record);

    /// <inheritdoc/>
    public void WriteLine(StepId? step, ReadOnlySpan<byte> text)
    {
        Span<byte> stamp = stackalloc byte[LineStamp.Length];
        lock (_lock)
        {
            if (_isEnded)
            {
                return;
            }

            _stamp.Write(_time.GetUtcNow(), stamp);
            if (step is { } id)
            {
                var number = LogOf(id).Append(stamp, text);
                _feed?.Offer(id, number, text);
            }

            _mirror?.Invoke(text);
            _jobLog.Append(stamp, text);
            _jobLogFile.Grow();
        }
    }

    /// <inheritdoc/>
    public void StepLogExpected(StepId step)
    {
        lock (_lock)
        {
            if (!_isEnded)
            {
                LogOf(step);
            }
        }
    }

    /// <inheritdoc/>
    public void StepLogEnded(StepId step)
    {
        lock (_lock)
        {
            if (_stepLogs.TryGetValue(step, out var log))
            {
                log.End();
            }
        }
    }

    /// <inheritdoc/>
    public void AddSummary(StepId step, ReadOnlyMemory<byte> markdown)
    {
        if (markdown.IsEmpty)
        {
            return;
        }

        lock (_lock)
        {
            _uploads.Add(_summaries.SendAsync(step, markdown, _giveUp));
        }
    }

    /// <summary>Lines of a step's log.</summary>
    public long LinesOf(StepId step)
    {
        lock (_lock)
        {
            return _stepLogs.TryGetValue(step, out var log) ? log.Lines : 0;
        }
    }

    /// <summary>The end of the job's log, where that is not at GitHub; <c>null</c>: it is, or the log was given up.</summary>
    public UnsentLog? Unsent()
    {
        try
        {
            var (position, length) = (_jobUpload.Position, _jobLog.Flush());
            var end = new byte[Math.Clamp(length - position, 0, UnsentLog.MaxTextBytes)];
            var read = 0;
            while (read < end.Length && _jobLog.CopyTo(end.AsSpan(read), length - end.Length + read) is > 0 and var count)
            {
                read += count;
            }

            return read == 0 ? null : UnsentLog.Pack(position, length, end.AsSpan(0, read), _options.MaxUnsentBytes);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return null; // a log that is given up meanwhile, or a disk that fails: this is a help for later, no part of the job
        }
    }

    /// <summary>Nothing more comes: sends all that is left, and returns when it is at GitHub or given up.</summary>
    /// <returns>What did not arrive, in words for the workflow's author; empty where all did.</returns>
    public async Task<ImmutableArray<string>> CompleteAsync()
    {
        Task<bool>[] uploads;
        lock (_lock)
        {
            _isEnded = true;
            _jobLog.End();
            foreach (var log in _stepLogs.Values)
            {
                log.End();
            }

            uploads = [.. _uploads];
        }

        _updates.End();
        var arrived = await Task.WhenAll(uploads);
        await _updating; // a state that did not arrive comes with the completion of the job
        return [.. Losses(arrived)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _jobLogFile.Dispose();
        _slots.Dispose();
    }

    private IEnumerable<string> Losses(bool[] arrived)
    {
        if (_jobLog is { LostLines: > 0 and var lines, Failure: { } failure })
        {
            _logger.SpoolFailed(failure);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{lines} line(s) of the job's log are missing: the runner's disk took nothing ({failure.Message}). The result of the job is not affected.");
        }

        if (arrived.Count(isComplete => !isComplete) is > 0 and var lost)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{lost} of the job's {arrived.Length} logs and summaries could not be sent completely to GitHub. The result of the job is not affected.");
        }
    }

    // Where there is no room even for a folder, the logs are what fits into memory, and say what is missing.
    private void TryCreate(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.SpoolFailed(exception);
        }
    }

    private LogSpool LogOf(StepId step)
    {
        if (!_stepLogs.TryGetValue(step, out var log))
        {
            log = Open(step);
            _stepLogs.Add(step, log);
        }

        return log;
    }

    private LogSpool Open(StepId step)
    {
        var spool = new LogSpool(PathOf(step), _time);
        _uploads.Add(new LogUploader(NameOf(step), spool, UploadOf(step, spool), _options, _time, _logger).RunAsync(_giveUp));
        return spool;
    }

    private LogUpload UploadOf(StepId? step, LogSpool spool) => new(_service.OpenLog(step, spool), _slots, _retry, _options);

    private string PathOf(StepId? step) => Path.Combine(_folder, NameOf(step) + ".log");

    private static string NameOf(StepId? step) => step?.ToString() ?? "job";
}

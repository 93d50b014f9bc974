using System.Globalization;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Model.Triggers;

/// <summary>Checks of the events of <c>on</c> what the grammar cannot say: filters, times, defaults of inputs.</summary>
/// <remarks>GitHub's service tells these when the file is pushed; its public parsers do not, so they are no part of its suite.</remarks>
internal sealed class TriggerChecker(DiagnosticBag diagnostics)
{
    private static readonly string[] TwoSided = ["branches", "tags", "paths"];

    public void Check(IEnumerable<WorkflowTrigger> triggers)
    {
        foreach (var trigger in triggers)
        {
            CheckFilters(trigger);
            foreach (var schedule in trigger.Schedules)
            {
                CheckSchedule(schedule);
            }

            foreach (var input in trigger.Inputs)
            {
                CheckInput(input, isMistake: trigger.Event == "workflow_dispatch");
            }
        }
    }

    private void CheckFilters(WorkflowTrigger trigger)
    {
        foreach (var filter in trigger.Filters.Where(filter => filter.Name is not ("workflows" or "names" or "versions")))
        {
            FilterPatterns.Read(filter, diagnostics);
        }

        foreach (var key in TwoSided)
        {
            if (trigger.FindFilter(key) is not null && trigger.FindFilter($"{key}-ignore") is { } ignored)
            {
                diagnostics.Add(ignored.Position, $"You may only define one of `{key}` and `{key}-ignore` for a single event");
            }
        }
    }

    private void CheckSchedule(TriggerSchedule schedule)
    {
        if (CronTime.FindProblem(schedule.Cron) is { } problem)
        {
            diagnostics.Add(schedule.Position, $"Invalid cron '{schedule.Cron}': {problem}");
        }

        // A machine without a table of zones cannot tell.
        if (schedule.TimeZone is { Length: > 0 } zone && !IsTimeZone(zone) && IsTimeZone("Europe/Berlin"))
        {
            diagnostics.Add(schedule.Position, $"Unknown time zone '{zone}', expected an IANA name such as Europe/Berlin");
        }
    }

    private static bool IsTimeZone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);

    // Those of a workflow that is called are held against its calls, which then fail; the file itself may have other events.
    private void CheckInput(InputDefinition input, bool isMistake)
    {
        if (input is { Type: "choice", Options.IsEmpty: true })
        {
            diagnostics.Add(input.Position, $"Input '{input.Name}' is a choice and has no options");
            return;
        }

        var expected = (input.Type, input.Default) switch
        {
            (_, null or ExpressionToken) => null,
            ("boolean", not BooleanToken) when !bool.TryParse(input.Default.ToString(), out _) => "true or false",
            ("number", not NumberToken) when !double.TryParse(input.Default.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out _) => "a number",
            ("choice", _) when !input.Options.Contains(input.Default.ToString() ?? string.Empty, StringComparer.Ordinal) => $"one of {string.Join(", ", input.Options)}",
            _ => null,
        };
        if (expected is not null)
        {
            var place = input.Default?.Position;
            var problem = new Diagnostic(diagnostics.File, place?.Line ?? 0, place?.Column ?? 0, $"The default '{input.Default}' of input '{input.Name}' is not {expected}");
            if (isMistake)
            {
                diagnostics.Add(problem);
            }
            else
            {
                diagnostics.Warn(problem);
            }
        }
    }
}

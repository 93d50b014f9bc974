using System.Collections.Immutable;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;

namespace Runner.Jobs.Tests.Link;

/// <summary>One of each thing that crosses the link, all members set.</summary>
internal static class SomeEvents
{
    private static readonly StepId Step = new(Guid.Parse("00000000-0000-4000-8000-00000000000a"));
    private static readonly DateTimeOffset At = new(2026, 1, 31, 8, 15, 30, 123, TimeSpan.Zero);

    public static ImmutableArray<WorkerEvent> All { get; } =
    [
        new JobStartedEvent { JobId = new JobId(Guid.Parse("00000000-0000-4000-8000-000000000001")), WorkerVersion = "1.2.3", StartedAt = At },
        new StepChangedEvent
        {
            Step = new StepRecord
            {
                Id = Step,
                Number = 2,
                Name = "Run tests",
                Status = StepStatus.Completed,
                Conclusion = Conclusion.Failed,
                StartedAt = At,
                CompletedAt = At.AddSeconds(2),
                ActionName = "octo/act/sub",
                Ref = "v1",
                Type = "node20",
                Annotations =
                [
                    new Annotation { Level = AnnotationLevel.Warning, Message = "unused", Title = "Lint", Path = "src/a.cs", StartLine = 3, EndLine = 4, StepNumber = 2 },
                ],
            },
        },
        new LineEvent { Step = Step, Time = At, Text = "\u001b[31mdone <b>\"ü\"</b>\u001b[0m" },
        new LineEvent { Time = At, Text = "of the job alone" },
        new StepLogEndedEvent { Step = Step },
        new SummaryEvent { Step = Step, Markdown = "# Result\n* fine" },
        new RequestMadeEvent { RequestId = "r1", Kind = "container" },
        new JobEndedEvent
        {
            Conclusion = Conclusion.Failed,
            Reason = "because",
            Outputs = ImmutableDictionary.Create<string, OutputValue>().Add("version", new OutputValue("1.0")),
            EnvironmentUrl = "https://example.com",
            Annotations = [new Annotation { Level = AnnotationLevel.Failure, Message = "lost", IsInfrastructureIssue = true }],
        },
    ];

    public static ImmutableArray<WorkerRequest> Requests { get; } =
    [
        new ContainerRequest
        {
            StepName = "Lint",
            Source = new ContainerImage { Image = "alpine:3" },
            Entrypoint = "/bin/lint",
            Arguments = ["--all", "a b"],
            Environment = ImmutableSortedDictionary.Create<string, string>().Add("TOKEN", "s3cret"),
            WorkingDirectory = "/github/workspace",
            Mounts = [new ContainerMount { Source = MountSource.FileCommands, WorkerPath = "/runner/temp/_runner_file_commands", Target = "/github/file_commands" }],
        },
        new ContainerRequest
        {
            StepName = "Build",
            Source = new ContainerBuild { Context = "/runner/actions/octo/act/v1" },
            CommandLine = "run 'a b'",
            WorkingDirectory = "/github/workspace",
            Mounts = [],
        },
        new ResolveActionsRequest { Actions = [new ActionName { Repository = "octo/act", Ref = "v1", Path = "sub" }] },
        new ActionRequest { Action = new ActionName { Repository = "octo/act", Ref = "v1" }, Sha = "abc" },
        new WorkspaceRequest(),
    ];

    public static ImmutableArray<RequestResult> Results { get; } =
    [
        new RequestDone(),
        new RequestFailed { Message = "no such action", IsWorkflowError = true },
        new ContainerEnded { ExitCode = 3, Message = "killed for its memory" },
        new ActionsResolved { Actions = [new ActionCommit { Repository = "octo/act", Sha = "abc" }] },
        new WorkspaceSent { Entries = 12 },
    ];
}

using Runner.Execution.Scopes;

namespace Runner.Execution.Commands;

/// <summary>What one workflow command does. Stateless: the state is the step's.</summary>
internal interface IWorkflowCommand
{
    /// <summary>Its name, in lower case.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the line is printed when a step switched <c>echo</c> on. Not for commands that print something of their own.
    /// </summary>
    bool IsEchoed => true;

    /// <summary>Does it.</summary>
    /// <exception cref="CommandException">The line does not say what it must; the step fails at its end.</exception>
    void Run(WorkflowCommand command, StepScope step);
}

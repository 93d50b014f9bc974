using Runner.Worker.Commands;
using Runner.Worker.Native;

ProcessSetup.Run();
return await WorkerProgram.RunAsync(args);

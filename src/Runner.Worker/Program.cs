using Runner.Worker;
using Runner.Worker.Native;

ProcessSetup.Run();
return await WorkerProgram.RunAsync(args);

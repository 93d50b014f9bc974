using Runner.Worker;

return await WorkerProgram.RunAsync(args);

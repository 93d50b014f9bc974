Console.Error.WriteLine($"runner: unknown command '{string.Join(' ', args)}'");
return 2;

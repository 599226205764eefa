using Sheaf.Client;

return await SheafCommand.InvokeAsync(args, Console.Out, Console.Error);

using Sheaf.Client;
using Sheaf.Crash.Host;

// The command `sheaf` in a process that kills itself at one point of what it does: POINT, then the arguments of `sheaf`.
using var crash = CrashInterception.Install(CrashPoint.Parse(args[0]));
return await SheafCommand.InvokeAsync(args[1..], Console.Out, Console.Error);

using System.Reflection;
using Sheaf.Abstractions.Security;

namespace Sheaf.Architecture.Tests;

/// <summary>Every call that a client can make says who may make it.</summary>
public sealed class RolesTests
{
    private static IEnumerable<MethodInfo> PublicCalls => typeof(RequiresRoleAttribute).Assembly.GetExportedTypes()
        .Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)))
        .SelectMany(type => type.GetMethods());

    [Fact]
    public void PublicCalls_Each_RequiresARole()
    {
        var without = PublicCalls.Where(method => (method.GetCustomAttribute<RequiresRoleAttribute>()?.Role ?? AccessRole.None) == AccessRole.None);

        Assert.Empty(without.Select(method => $"{method.DeclaringType!.Name}.{method.Name}"));
        Assert.True(PublicCalls.Count() > 20, "Calls are not found.");
    }

    [Fact]
    public void PublicCalls_ThatEraseOrStop_AreAudited()
    {
        var audited = PublicCalls.Where(method => method.GetCustomAttribute<RequiresRoleAttribute>() is { IsAudited: true }).ToArray();
        var erasing = PublicCalls.Where(method => method.GetCustomAttribute<RequiresRoleAttribute>() is { } required && required.Role.HasFlag(AccessRole.Erase));

        Assert.Empty(erasing.Except(audited).Select(method => $"{method.DeclaringType!.Name}.{method.Name}"));
        Assert.Equal(
            [
                "IDevice.EraseAsync", "IDevice.SetRetentionAsync", "IDevice.WithdrawAsync", "IPopulation.AdvanceAsync", "IPopulation.PurgeAsync",
                "IPopulation.SealAsync", "IPopulation.SetRetentionAsync",
                "IRoundCoordinator.CancelAsync", "IRoundCoordinator.PauseAsync", "IRoundCoordinator.ResumeAsync", "IRoundCoordinator.UnlearnAsync",
            ],
            audited.Select(method => $"{method.DeclaringType!.Name}.{method.Name}").Order(StringComparer.Ordinal));
    }
}

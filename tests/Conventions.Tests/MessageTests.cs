using System.Reflection;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Conventions.Tests;

/// <summary>What travels between processes: immutable, sealed, and named independently of its type.</summary>
public class MessageTests
{
    private static readonly Assembly Abstractions = typeof(RecordId).Assembly;

    // What the serializer's generator writes of a stream's requests is its own.
    public static TheoryData<Type> Messages => new(Abstractions.GetExportedTypes().Where(type =>
        type.GetCustomAttribute<GenerateSerializerAttribute>() is not null && !type.IsEnum && !type.FullName!.StartsWith("OrleansCodeGen.", StringComparison.Ordinal)));

    public static TheoryData<Type> GrainInterfaces => new(Abstractions.GetExportedTypes().Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type)));

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_immutable_has_an_alias_and_is_sealed(Type message)
    {
        Assert.NotNull(message.GetCustomAttribute<AliasAttribute>(inherit: false));
        Assert.True(message.IsSealed || message.IsAbstract, "neither sealed nor abstract");
        foreach (var property in message.GetProperties().Where(one => one.SetMethod is { IsPublic: true }))
        {
            var isInit = property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Any(one => one.Name == "IsExternalInit");
            Assert.True(isInit, $"{property.Name} can be set");
        }
    }

    [Theory]
    [MemberData(nameof(GrainInterfaces))]
    public void A_grain_interface_is_small_and_every_method_of_it_has_an_alias(Type grain)
    {
        Assert.NotNull(grain.GetCustomAttribute<AliasAttribute>(inherit: false));
        Assert.True(grain.GetMethods().Length < 8, $"{grain.GetMethods().Length} methods");
        Assert.All(grain.GetMethods(), method => Assert.NotNull(method.GetCustomAttribute<AliasAttribute>(inherit: false)));
    }

    [Fact]
    public void Aliases_are_unique()
    {
        var aliases = Abstractions.GetExportedTypes().Select(type => type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias).OfType<string>();
        Assert.Empty(aliases.GroupBy(alias => alias).Where(group => group.Count() > 1).Select(group => group.Key));
    }
}

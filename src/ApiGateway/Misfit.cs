using System.Text.Json;

namespace Ticketing.ApiGateway;

/// <summary>A member of a body that is not what it must be; the serializer adds the path to the member.</summary>
internal sealed class Misfit(string expected) : JsonException($"must be {expected}")
{
    public override string ToString() => Message;
}

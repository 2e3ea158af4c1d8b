using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ticketing.ApiGateway.Auth;

/// <summary>Where a request comes from, as far as limits can tell people apart: an IPv4 address, or the 64 bits of an IPv6 address that one household is given.</summary>
/// <param name="IsV6">Which of the two.</param>
/// <param name="Network">The address, or its first 64 bits.</param>
internal readonly record struct Address(bool IsV6, ulong Network)
{
    /// <summary>The address of a request; all that come over a socket without addresses have the same.</summary>
    public static Address Of(HttpContext http) => http.Connection.RemoteIpAddress is { } address ? Of(address) : default;

    /// <summary>The address that limits go by.</summary>
    public static Address Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetworkV6
            ? new(true, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}

using System.Net;
using Microsoft.AspNetCore.Http;
using Ticketing.ApiGateway.Watching;

namespace Ticketing.ApiGateway.Tests.Watching;

/// <summary>Who may read metrics.</summary>
public sealed class NearnessTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("::1")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.7.7")]
    [InlineData("169.254.1.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fd00::7")]
    [InlineData("fe80::1")]
    public void Who_is_on_this_machine_or_in_a_private_network_is_near(string address) => Assert.True(Nearness.IsNear(Request(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("11.0.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2001:db8::1")]
    [InlineData("::")]
    [InlineData("0.0.0.0")]
    [InlineData(null)]
    public void Everybody_else_is_not(string? address) => Assert.False(Nearness.IsNear(Request(address)));

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-for")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("X-Real-IP")]
    [InlineData("X-Original-For")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    public void Nor_is_whoever_asks_by_way_of_a_proxy(string header)
    {
        foreach (var value in new[] { "", "127.0.0.1", "10.0.0.1" })
        {
            var request = Request("127.0.0.1");
            request.Request.Headers[header] = value;
            Assert.False(Nearness.IsNear(request));
        }
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    public void Metrics_are_read_and_nothing_else(string method)
    {
        var request = Request("127.0.0.1");
        request.Request.Method = method;
        Assert.False(Nearness.IsNear(request));
    }

    private static DefaultHttpContext Request(string? address)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "GET";
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        return http;
    }
}

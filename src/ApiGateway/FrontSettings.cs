using System.Net;
using System.Text;
using Ticketing.ApiGateway.Auth;

namespace Ticketing.ApiGateway;

/// <summary>What a program with an HTTP front reads from outside. The keys follow when it is known where generated ones are kept.</summary>
public sealed record FrontSettings
{
    private const string External = "JWT_EXTERNAL_SIGNATURE";
    private const string Internal = "JWT_INTERNAL_SIGNATURE";

    private string? ExternalSignature { get; init; }

    private string? InternalSignature { get; init; }

    private bool InternalTokenActsAsAdmin { get; init; }

    private PasswordLimits Passwords { get; init; } = new();

    private IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>How long wrong passwords of an account or an address are counted (<c>Ticketing__GuessWindowMinutes</c>).</summary>
    /// <exception cref="SettingsException">It is out of its limits.</exception>
    // No longer than an account that nobody asks for stays in memory, where its guesses are counted.
    public static TimeSpan GuessWindow(SettingsReader reader) => TimeSpan.FromMinutes(reader.Number("GuessWindowMinutes", 15, 1, 15));

    /// <summary>
    /// Reads <c>JWT_EXTERNAL_SIGNATURE</c>, <c>JWT_INTERNAL_SIGNATURE</c>, <c>Ticketing__InternalTokenActsAsAdmin</c>, <c>Ticketing__TrustedProxies</c>, and what one
    /// address may do with passwords (<c>Ticketing__GuessesPerAddress</c>, <c>Ticketing__GuessWindowMinutes</c>, <c>Ticketing__PasswordsAtOncePerAddress</c>,
    /// <c>Ticketing__PasswordsWaitingPerAddress</c>).
    /// </summary>
    /// <param name="reader">What was set from outside.</param>
    /// <param name="canGenerate">Whether keys that are not set can be generated.</param>
    /// <exception cref="SettingsException">One of them is wrong, or a key is not set.</exception>
    public static FrontSettings Read(SettingsReader reader, bool canGenerate)
    {
        return new()
        {
            ExternalSignature = Secret(External),
            InternalSignature = Secret(Internal),
            InternalTokenActsAsAdmin = reader.Switch("InternalTokenActsAsAdmin", reader.IsDevelopment),
            Passwords = new()
            {
                GuessesPerAddress = reader.Number("GuessesPerAddress", 300, 1, 1_000_000),
                GuessWindow = GuessWindow(reader),
                AtOncePerAddress = reader.Number("PasswordsAtOncePerAddress", 2, 1, 64),
                WaitingPerAddress = reader.Number("PasswordsWaitingPerAddress", 100, 0, 10_000),
            },
            TrustedProxies = ProxiesOf(reader.Own("TrustedProxies")),
        };

        string? Secret(string name)
        {
            var value = reader.Text(name);
            return value is not null || canGenerate ? value
                : throw new SettingsException($"{name} is not set: it must be, at least {GatewaySettings.ShortestKey} bytes, the same wherever requests are taken");
        }
    }

    /// <summary>The gateway's settings with both keys.</summary>
    /// <param name="generated">Gives the key that was generated in place of a variable.</param>
    /// <exception cref="SettingsException">A key is too short, or both are the same.</exception>
    public GatewaySettings WithKeys(Func<string, string> generated)
    {
        try
        {
            return new(Key(ExternalSignature, External), Key(InternalSignature, Internal))
            {
                InternalTokenActsAsAdmin = InternalTokenActsAsAdmin,
                Passwords = Passwords,
                TrustedProxies = TrustedProxies,
            };
        }
        catch (ArgumentException e)
        {
            throw new SettingsException(e.Message, e);
        }

        byte[] Key(string? given, string name) => Encoding.UTF8.GetBytes(given ?? generated(name));
    }

    /// <summary>Names the type alone, so that no log line can carry a key.</summary>
    public override string ToString() => nameof(FrontSettings);

    private static IPNetwork[] ProxiesOf(string? list)
    {
        return [.. (list ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Network)];

        static IPNetwork Network(string text) => IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new(address, 8 * address.GetAddressBytes().Length)
            : throw new SettingsException($"Ticketing__TrustedProxies has '{text}': addresses and networks like 10.0.0.7, 10.0.0.0/8, with commas between them");
    }
}

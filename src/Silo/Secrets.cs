using System.Security.Cryptography;
using System.Text;
using Ticketing.ApiGateway;

namespace Ticketing.Silo;

/// <summary>The keys of tokens: from the environment, or in Development generated into the data directory, readable by this user alone.</summary>
internal static class Secrets
{
    /// <summary>The gateway's settings with both keys.</summary>
    /// <exception cref="SettingsException">A key is too short, or cannot be kept.</exception>
    public static GatewaySettings GatewaySettings(Settings settings)
    {
        try
        {
            return new GatewaySettings(
                Key(settings.ExternalSignature, settings.DataDirectory, "jwt-external.key"),
                Key(settings.InternalSignature, settings.DataDirectory, "jwt-internal.key"))
            {
                InternalTokenActsAsAdmin = settings.InternalTokenActsAsAdmin,
                Passwords = settings.Passwords,
                TrustedProxies = settings.TrustedProxies,
            };
        }
        catch (ArgumentException e)
        {
            throw new SettingsException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"the keys cannot be kept in {settings.DataDirectory}: {e.Message}", e);
        }
    }

    private static byte[] Key(string? given, string directory, string name)
    {
        if (given is not null) return Encoding.UTF8.GetBytes(given);
        var file = Path.Combine(directory, name);
        if (!File.Exists(file)) Generate(file);
        return Encoding.UTF8.GetBytes(File.ReadAllText(file).Trim());
    }

    private static void Generate(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var draft = file + ".new";
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(RandomNumberGenerator.GetHexString(64, lowercase: true)));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file);
    }
}

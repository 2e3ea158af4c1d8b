using System.Security.Cryptography;
using System.Text;
using Ticketing.ApiGateway;

namespace Ticketing.Silo;

/// <summary>The keys of tokens: from the environment, or in Development generated into the data directory, readable by this user alone.</summary>
internal static class Secrets
{
    /// <summary>The gateway's settings with both keys.</summary>
    /// <exception cref="SettingsException">A key is too short, or cannot be kept.</exception>
    public static GatewaySettings GatewaySettings(FrontSettings front, string directory)
    {
        try
        {
            return front.WithKeys(name => Kept(Path.Combine(directory, name == "JWT_INTERNAL_SIGNATURE" ? "jwt-internal.key" : "jwt-external.key")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"the keys cannot be kept in {directory}: {e.Message}", e);
        }
    }

    private static string Kept(string file)
    {
        if (!File.Exists(file)) Generate(file);
        return File.ReadAllText(file).Trim();
    }

    private static void Generate(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // A cluster's data directory is nobody's yet.
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var draft = file + ".new";
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(RandomNumberGenerator.GetHexString(64, lowercase: true)));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file);
    }
}

namespace Ticketing.ApiGateway;

/// <summary>A setting is wrong. The message is one line that names it and says what would be right.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>A setting is wrong.</summary>
    public SettingsException()
    {
    }

    /// <summary>A setting is wrong.</summary>
    /// <param name="message">One line that names it and says what would be right.</param>
    public SettingsException(string message)
        : base(message)
    {
    }

    /// <summary>A setting is wrong.</summary>
    /// <param name="message">One line that names it and says what would be right.</param>
    /// <param name="cause">What found it.</param>
    public SettingsException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

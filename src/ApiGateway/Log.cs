namespace Ticketing.ApiGateway;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} {Route} failed unexpectedly; answered 500")]
    public static partial void Unexpected(this ILogger logger, Exception fault, string method, string route);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Method} {Route} has an unknown outcome; answered 503")]
    public static partial void Unknown(this ILogger logger, Exception fault, string method, string route);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "It cannot be found out which tokens were ended elsewhere; this is tried on")]
    public static partial void EndedTokensUnknown(this ILogger logger, Exception fault);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "It is known again which tokens were ended elsewhere")]
    public static partial void EndedTokensKnown(this ILogger logger);
}

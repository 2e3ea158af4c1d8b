using Microsoft.Extensions.Logging;

namespace Ticketing.Storage;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Critical, "Nothing can be stored: {Reason}. Purchases are answered 503 until this is mended; nothing that was acknowledged is lost")]
    public static partial void CannotWrite(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "Storage takes writes again")]
    public static partial void WritesAgain(ILogger logger);

    [LoggerMessage(3, LogLevel.Critical, "The engine failed in a way that nobody thought of; the units are repeated")]
    public static partial void UnexpectedFailure(ILogger logger, Exception exception);
}

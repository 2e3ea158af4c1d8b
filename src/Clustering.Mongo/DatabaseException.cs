namespace Ticketing.Clustering.Mongo;

/// <summary>The database cannot be used as it is set. The message is one line for an operator, without credentials.</summary>
public sealed class DatabaseException : Exception
{
    /// <summary>The database cannot be used as it is set.</summary>
    public DatabaseException()
    {
    }

    /// <summary>The database cannot be used as it is set.</summary>
    /// <param name="message">One line for an operator.</param>
    public DatabaseException(string message)
        : base(message)
    {
    }

    /// <summary>The database cannot be used as it is set.</summary>
    /// <param name="message">One line for an operator.</param>
    /// <param name="cause">What found it.</param>
    public DatabaseException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Whether it does not answer for now; to ask again may help.</summary>
    public bool IsAway { get; init; }
}

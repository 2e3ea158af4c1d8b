using System.Globalization;
using Microsoft.Extensions.Primitives;
using Ticketing.Grains.Abstractions;

namespace Ticketing.ApiGateway;

/// <summary>The <c>limit</c> and <c>cursor</c> of lists (design.md 6, decision 10).</summary>
internal static class Paging
{
    /// <summary>Which part of the list is asked for.</summary>
    /// <exception cref="BadRequest">A parameter is not what it must be.</exception>
    public static PageRequest PageRequest(this HttpContext http)
    {
        var query = http.Request.Query;
        var fields = new Fields();
        var limit = Grains.Abstractions.PageRequest.Most;
        if (query.TryGetValue("limit", out var text))
        {
            var isNumber = int.TryParse(Single(text), NumberStyles.None, CultureInfo.InvariantCulture, out limit);
            fields.Rule(isNumber && limit is >= 1 and <= Grains.Abstractions.PageRequest.Most, "limit", "must be a number from 1 to 1000");
        }

        RecordId? after = null;
        if (query.TryGetValue("cursor", out var cursor))
        {
            var isId = RecordId.TryParse(Single(cursor), out var id);
            fields.Rule(isId, "cursor", "must be the id of the last record seen");
            after = id;
        }

        fields.ThrowIfBad();
        return new PageRequest(after, limit);
    }

    /// <summary>Points to the next page in the <c>Link</c> header.</summary>
    public static void LinkNext(this HttpContext http, RecordId next)
    {
        var limit = http.Request.Query.TryGetValue("limit", out var text) ? $"limit={text}&" : "";
        http.Response.Headers.Link = $"<{http.Request.Path}?{limit}cursor={next}>; rel=\"next\"";
    }

    private static string? Single(StringValues values) => values.Count == 1 ? values[0] : null;
}

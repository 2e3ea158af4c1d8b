using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ticketing.ApiGateway.Auth;
using Ticketing.ApiGateway.Events;
using Ticketing.ApiGateway.Notifications;
using Ticketing.ApiGateway.Payments;
using Ticketing.ApiGateway.Tickets;
using Ticketing.ApiGateway.Users;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.ApiGateway.Backups;

/// <summary>
/// Writes a backup with its records as they come: a page is in memory at a time, and the next one is fetched when the client has taken this one. The first is fetched before
/// the answer begins, so that contents that are missing altogether are still refused.
/// </summary>
internal static class BackupStream
{
    /// <summary>A good answer with the records in <c>data.data</c>.</summary>
    /// <param name="http">The request.</param>
    /// <param name="backup">A completed backup.</param>
    /// <param name="pages">Its records.</param>
    /// <exception cref="InvalidDataException">The contents end in the middle of the answer, which cannot be taken back any more.</exception>
    public static async Task Stream(this HttpContext http, BackupRecord backup, IAsyncEnumerable<BackupPage> pages)
    {
        // A batch of one page: with more, so many pages would be on their way at once.
        await using var page = pages.WithBatchSize(1).GetAsyncEnumerator(http.RequestAborted);
        bool isMore;
        try
        {
            isMore = await page.MoveNextAsync();
        }
        catch (InvalidDataException)
        {
            await http.Refuse(Refusal.BackupDamaged);
            return;
        }

        http.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter);
        Begin(writer, http.Doc().DoneMessage, BackupView.Shape.Of(backup));
        for (; isMore; isMore = await page.MoveNextAsync())
        {
            Write(writer, page.Current);
            if (!await Send(http, writer)) return;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        await Send(http, writer);
    }

    /// <summary>Waits until the client has taken what was written, but for a few kilobytes.</summary>
    /// <returns>Whether there still is a client.</returns>
    private static async Task<bool> Send(HttpContext http, Utf8JsonWriter writer)
    {
        writer.Flush();
        var result = await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        return !result.IsCompleted;
    }

    private static void Begin(Utf8JsonWriter writer, string message, BackupView backup)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("success", true);
        writer.WriteString("message", message);
        writer.WriteStartObject("data");
        foreach (var member in JsonSerializer.SerializeToElement(backup, Json.Default.BackupView).EnumerateObject().Where(static member => member.Name != "data"))
            member.WriteTo(writer);
        writer.WriteStartArray("data");
    }

    private static void Write(Utf8JsonWriter writer, BackupPage page)
    {
        switch (page)
        {
            // Password hashes leave the server in the internal list alone (design.md 6, decision 12); a restore reads the file.
            case CredentialBackupPage credentials:
                Write(writer, Array.ConvertAll(credentials.Items, static stored => stored.Credential), CredentialView.Shape.Of, Json.Default.CredentialView);
                break;
            case EventBackupPage events:
                Write(writer, events.Items, EventView.Shape.Of, Json.Default.EventView);
                break;
            case NotificationBackupPage notifications:
                Write(writer, notifications.Items, NotificationView.Shape.Of, Json.Default.NotificationView);
                break;
            case PaymentBackupPage payments:
                Write(writer, payments.Items, PaymentView.Shape.Of, Json.Default.PaymentView);
                break;
            case TicketBackupPage tickets:
                Write(writer, tickets.Items, TicketView.Shape.Of, Json.Default.TicketView);
                break;
            case UserBackupPage users:
                Write(writer, users.Items, UserView.Shape.Of, Json.Default.UserView);
                break;
            default:
                throw new InvalidDataException($"a page of an unknown kind, {page.GetType().Name}");
        }
    }

    private static void Write<TRecord, TView>(Utf8JsonWriter writer, TRecord[] records, Func<TRecord, TView> view, JsonTypeInfo<TView> type)
    {
        foreach (var record in records) JsonSerializer.Serialize(writer, view(record), type);
    }
}

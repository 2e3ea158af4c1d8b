using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ticketing.ApiGateway.Tests;

public sealed class DateTests
{
    [Theory]
    [InlineData("2030-05-15T09:00:00Z", "2030-05-15T09:00:00Z")]
    [InlineData("2030-05-15t09:00:00z", "2030-05-15T09:00:00Z")]
    [InlineData("2030-05-15T09:00:00.97Z", "2030-05-15T09:00:00.97Z")]
    [InlineData("2030-05-15T09:00:00.970Z", "2030-05-15T09:00:00.97Z")]
    [InlineData("2030-05-15T09:00:00.900Z", "2030-05-15T09:00:00.9Z")]
    [InlineData("2030-05-15T09:00:00.001Z", "2030-05-15T09:00:00.001Z")]
    [InlineData("2030-05-15T09:00:00.0019999999Z", "2030-05-15T09:00:00.001Z")]
    [InlineData("2030-05-15T09:00:00.000Z", "2030-05-15T09:00:00Z")]
    [InlineData("2030-05-15T09:00:00+02:00", "2030-05-15T07:00:00Z")]
    [InlineData("2030-05-15T23:30:00-23:59", "2030-05-16T23:29:00Z")]
    [InlineData("2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z")]
    public void Dates_are_read_with_any_offset_and_written_in_utc(string text, string written)
    {
        Assert.True(Dates.TryParse(text, out var date));
        Assert.Equal(written, Written(date));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2030-05-15")]
    [InlineData("2030-05-15T09:00:00")]
    [InlineData("2030-05-15T09:00Z")]
    [InlineData("2030-05-15 09:00:00Z")]
    [InlineData("2030-05-15T09:00:00.Z")]
    [InlineData("2030-05-15T09:00:00+0200")]
    [InlineData("2030-05-15T09:00:00+24:00")]
    [InlineData("2030-05-15T24:00:00Z")]
    [InlineData("2030-05-15T09:60:00Z")]
    [InlineData("2030-02-29T09:00:00Z")]
    [InlineData("2030-13-01T09:00:00Z")]
    [InlineData(" 2030-05-15T09:00:00Z")]
    [InlineData("2030-05-15T09:00:00Z ")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("1893456000")]
    public void What_rfc_3339_does_not_write_is_no_date(string text) => Assert.False(Dates.TryParse(text, out _));

    [Theory]
    [InlineData("2030-05-15T09:00:00")]
    [InlineData("2028-02-29T23:59:59")]
    [InlineData("0001-01-01T00:00:00")]
    [InlineData("9999-12-31T19:40:50")]
    public void Days_and_clocks_are_those_of_the_framework_and_no_others(string good)
    {
        for (var place = 0; place < good.Length; place++)
        {
            foreach (var other in "0123456789-:+ TZ./\u0663\uff15\0")
            {
                var text = $"{good[..place]}{other}{good[(place + 1)..]}";
                var isDate = DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var expected);

                Assert.Equal((isDate, expected), (Dates.TryParse(text + "Z", out var date), date.UtcDateTime));
                if (isDate)
                    Assert.Equal(text + "Z", Written(date));
            }
        }
    }

    [Theory]
    [InlineData("\"2030-05-15T09:00:00Z\"")]
    [InlineData("""{"$date":"2030-05-15T09:00:00Z"}""")]
    [InlineData("""{"$date":"2030-05-15T11:00:00+02:00"}""")]
    [InlineData("""{"$date":1905066000000}""")]
    [InlineData("""{"$date":{"$numberLong":"1905066000000"}}""")]
    [InlineData("""{ "$date" : { "$numberLong" : "1905066000000" } }""")]
    public void A_body_may_write_a_date_in_four_ways(string json) => Assert.Equal("2030-05-15T09:00:00Z", Written(Read(json)));

    [Theory]
    [InlineData("1905066000000")]
    [InlineData("""{"$date":1905066000000.5}""")]
    [InlineData("""{"$date":1e300}""")]
    [InlineData("""{"$date":9223372036854775807}""")]
    [InlineData("""{"$date":{"$numberLong":1905066000000}}""")]
    [InlineData("""{"$date":{"$numberLong":"x"}}""")]
    [InlineData("""{"$date":{"$numberLong":"1","more":1}}""")]
    [InlineData("""{"$date":"2030-05-15T09:00:00Z","more":1}""")]
    [InlineData("""{"date":"2030-05-15T09:00:00Z"}""")]
    [InlineData("""{"$date":null}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("true")]
    public void No_other_way_is_taken(string json) => Assert.Throws<Misfit>(() => Read(json));

    private static DateTimeOffset Read(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return new DateConverter().Read(ref reader, typeof(DateTimeOffset), JsonSerializerOptions.Default);
    }

    private static string Written(DateTimeOffset date)
    {
        Span<byte> text = stackalloc byte[32];
        return Encoding.ASCII.GetString(text[..Dates.Format(date, text)]);
    }
}

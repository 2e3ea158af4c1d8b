using System.Globalization;

namespace Ticketing.OnSale;

/// <summary>What was asked for on the command line.</summary>
internal sealed record Options(Scale Scale, int Rounds, string[]? Scenes, string? Out, int Seed, string? Mongo, bool IsQuick)
{
    /// <summary>Reads them; nothing when they cannot be understood.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="scenes">The scenes that there are.</param>
    public static Options? Read(string[] arguments, string[] scenes)
    {
        var options = new Options(Scale.Full, 0, null, null, Environment.TickCount & 0xFFFF, null, IsQuick: false);
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--quick": options = options with { Scale = Scale.Quick, IsQuick = true }; continue;
                case "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds > 0: options = options with { Rounds = rounds }; break;
                case "--seed" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed): options = options with { Seed = seed }; break;
                case "--scenes" when value?.Split(',') is { } chosen && chosen.All(scenes.Contains): options = options with { Scenes = chosen }; break;
                case "--out" when value is not null: options = options with { Out = value }; break;
                case "--mongo" when value is not null: options = options with { Mongo = value }; break;
                default: return null;
            }

            i++;
        }

        return options.Rounds > 0 ? options : options with { Rounds = options.Scale.Rounds };
    }
}

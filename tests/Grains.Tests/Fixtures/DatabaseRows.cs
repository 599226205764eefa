using System.Text;
using Microsoft.Data.Sqlite;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>What really is in the cluster's file, read past the cluster.</summary>
internal static class DatabaseRows
{
    /// <summary>The payloads of a grain's rows.</summary>
    public static byte[][] PayloadsOf(string file, string grainKey, string? state = null)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file }.ToString());
        connection.Open();
        using var query = connection.CreateCommand();
        query.CommandText = "SELECT PayloadBinary FROM OrleansStorage WHERE GrainIdExtensionString LIKE '%' || @key AND GrainTypeString = coalesce(@state, GrainTypeString)";
        query.Parameters.AddWithValue("@key", grainKey);
        query.Parameters.AddWithValue("@state", (object?)state ?? DBNull.Value);
        using var rows = query.ExecuteReader();
        var payloads = new List<byte[]>();
        while (rows.Read())
        {
            payloads.Add((byte[])rows[0]);
        }

        return [.. payloads];
    }

    /// <summary>The names of a grain's states.</summary>
    public static string[] StatesOf(string file, string grainKey)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file }.ToString());
        connection.Open();
        using var query = connection.CreateCommand();
        query.CommandText = "SELECT GrainTypeString FROM OrleansStorage WHERE GrainIdExtensionString = @key";
        query.Parameters.AddWithValue("@key", grainKey);
        using var rows = query.ExecuteReader();
        var names = new List<string>();
        while (rows.Read())
        {
            names.Add(rows.GetString(0).Split('.')[^1]);
        }

        return [.. names];
    }

    public static bool Contains(byte[] payload, string text) => payload.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
}

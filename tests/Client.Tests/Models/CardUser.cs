using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sheaf.Client.Tests.Models;

/// <summary>Somebody who has nothing but an exported model and its card: tokenises and computes as the card says, in plain loops.</summary>
internal sealed partial class CardUser(SafetensorsReader file, JsonElement card)
{
    /// <summary>Accuracy and mean loss on some rows.</summary>
    public (double Accuracy, double Loss) Score(IReadOnlyCollection<(string Text, string Label)> rows)
    {
        var labels = card.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!).ToArray();
        var (correct, loss) = (0, 0.0);
        foreach (var (text, label) in rows)
        {
            var logits = LogitsOf(text);
            var own = logits[Array.IndexOf(labels, label)];
            correct += own >= logits.Max() ? 1 : 0;
            loss += Math.Log(logits.Sum(Math.Exp)) - own;
        }

        return ((double)correct / rows.Count, loss / rows.Count);
    }

    private double[] LogitsOf(string text)
    {
        var (shape, table) = file.Tensors["embedding.weight"];
        var tokens = TokensOf(text);
        var bag = Enumerable.Range(0, (int)shape[1]).Select(column => tokens.Length == 0 ? 0 : tokens.Average(token => (double)table[(token * shape[1]) + column]));
        var hidden = Affine([.. bag], "hidden").Select(value => Math.Max(0, value));
        return Affine([.. hidden], "output");
    }

    private double[] Affine(double[] x, string name)
    {
        var (shape, weight) = file.Tensors[$"{name}.weight"];
        Assert.Equal([shape[1]], file.Tensors[$"{name}.bias"].Shape);
        return [.. file.Tensors[$"{name}.bias"].Values.Select((bias, column) => bias + x.Select((value, row) => value * weight[(row * shape[1]) + column]).Sum())];
    }

    private long[] TokensOf(string text)
    {
        var tokenizer = card.GetProperty("tokenizer");
        Assert.True(tokenizer.GetProperty("bigrams").GetBoolean());
        string[] words = [.. Word().Matches(text.Replace('’', '\'')).Select(match => match.Value.ToLowerInvariant().Trim('\'')).Where(word => word.Length > 0)];
        var grams = words.Concat(words.Zip(words.Skip(1), (first, second) => $"{first} {second}"));
        return [.. grams.Select(gram => (long)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(gram)) % tokenizer.GetProperty("buckets").GetUInt64()))];
    }

    [GeneratedRegex(@"[\p{L}\p{Mn}\p{Mc}\p{Nd}']+")]
    private static partial Regex Word();
}

using System.Globalization;
using System.Text.Json;
using Sheaf.Client.Running;

namespace Sheaf.Client.Models;

/// <summary>A model as two files in a folder: its tensors, <c>model.safetensors</c>, and its card, <c>model.json</c>.</summary>
/// <param name="Folder">The folder.</param>
internal sealed record ModelFiles(string Folder)
{
    /// <summary>The tensors.</summary>
    public string Tensors => Path.Combine(Folder, "model.safetensors");

    /// <summary>The card.</summary>
    public string Card => Path.Combine(Folder, "model.json");

    /// <summary>Writes both, in place of what is there; tensors that turn out to be damaged leave it as it is.</summary>
    /// <param name="model">The model.</param>
    /// <param name="card">Its card.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <returns>When both are written.</returns>
    /// <exception cref="RunFailedException">The model is damaged, or the folder cannot be written to.</exception>
    public async Task WriteAsync(CurrentModel model, ModelCard card, CancellationToken cancellationToken)
    {
        var unfinished = Tensors + ".part";
        try
        {
            Directory.CreateDirectory(Folder);
            await using (var file = File.Create(unfinished))
            {
                await file.WriteAsync(SafetensorsHeader.Write(model.Description.Tensors, MetadataOf(card)), cancellationToken);
                await model.CopyAsync(file, cancellationToken);
            }

            File.Move(unfinished, Tensors, overwrite: true);
            await File.WriteAllTextAsync(Card, JsonSerializer.Serialize(card, RunJson.Pages) + "\n", cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"The model cannot be written to '{Folder}': {exception.Message} Name another folder with --to, or make room in it.");
        }
        finally
        {
            Remove(unfinished);
        }
    }

    private static Dictionary<string, string> MetadataOf(ModelCard card) => new()
    {
        ["checkpoint"] = card.Checkpoint,
        ["round"] = card.Round.ToString(CultureInfo.InvariantCulture),
        ["task"] = card.Task,
    };

    private static void Remove(string unfinished)
    {
        if (File.Exists(unfinished))
        {
            File.Delete(unfinished);
        }
    }
}

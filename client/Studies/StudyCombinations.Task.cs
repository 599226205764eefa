namespace Sheaf.Client.Studies;

/// <content>What the task, the model and the data must have in common.</content>
internal sealed partial class StudyCombinations
{
    // 2²⁸ values are 1 GiB; a silo holds several such vectors.
    private const long ModelValuesMax = 1L << 28;

    private const string TaskTypePath = "task.type";
    private const string VocabularyFile = "task.vocabularyFile";
    private const string ModelTypePath = "model.type";

    private void CheckTask(Study study)
    {
        var (task, model, population) = (study.Task, study.Model, study.Population);
        if (task.Type == TaskType.NextWord != (model.Type == ModelType.LogBilinear) && AreRight(TaskTypePath, ModelTypePath))
        {
            var (what, remedy) = task.Type == TaskType.NextWord
                ? ("the task \"next-word\" is not for a classifier", "Use \"log-bilinear\", or the task \"classification\".")
                : ("\"log-bilinear\" predicts next words, and the task is \"classification\"", "Set task.type to \"next-word\", or use \"embedding-bag\".");
            _checks.Add(ModelTypePath, what, remedy);
        }

        if (task is { Type: TaskType.NextWord, VocabularyFile: null } && population.Source == PopulationSource.Generated
            && AreRight(TaskTypePath, VocabularyFile, Source))
        {
            _checks.Add(VocabularyFile, "nobody counts the words of a generated population", "Name a text file with one word a line, or set population.source to \"file\".");
        }

        if (population.File is { Columns.Label: null } file && AreRight(TaskTypePath, PartitionKindPath, Label))
        {
            CheckLabels(task, file.Partition);
        }
    }

    private void CheckLabels(TaskSection task, PartitionSection partition)
    {
        if (task.Type == TaskType.Classification)
        {
            const string remedy = "Name the column of the classes, or set task.type to \"next-word\" to learn from texts alone.";
            _checks.Add(Label, "it is null, and the task \"classification\" needs labels", remedy);
        }
        else if (partition.Kind == PartitionKind.LabelDirichlet)
        {
            _checks.Add(Label, "it is null, and the partition \"label-dirichlet\" needs labels", "Name the column of the labels, or use another partition.");
        }
    }

    private void CheckModelSize(Study study, int labels)
    {
        var model = study.Model;
        if (model.Type == ModelType.LogBilinear)
        {
            CheckLanguageModelSize(study);
            return;
        }

        var remedy = model.Type == ModelType.EmbeddingBag ? "Use fewer buckets, or a smaller model.embeddingSize or model.hiddenSize." : "Use fewer buckets.";
        if (ModelValuesOf(study, labels) is > ModelValuesMax and var size && AreRight("model.type", "model.buckets", "model.embeddingSize", "model.hiddenSize"))
        {
            var what = $"with {Show(model.Buckets)} buckets and {Show(labels)} labels or more the model has {Show(size)} values, above {Show(ModelValuesMax)}";
            _checks.Add("model.buckets", what, remedy);
        }
    }

    /// <summary>How many values the model has, at least, of labels that nobody has counted, or at most, of words; null for a user's own, which only its class knows.</summary>
    private static long? ModelValuesOf(Study study, int labels)
    {
        // The unknown word is one more, and so is the place before the first word of a text.
        long words = study.Task.Vocabulary + 1, context = study.Task.Context;
        long buckets = study.Model.Buckets, embedding = study.Model.EmbeddingSize, hidden = study.Model.HiddenSize;
        return study.Model.Type switch
        {
            ModelType.EmbeddingBag => (buckets * embedding) + ((embedding + 1) * hidden) + ((hidden + 1) * labels),
            ModelType.SoftmaxRegression => (buckets + 1) * labels,
            ModelType.LogBilinear => (context * (words + 1) * embedding) + ((embedding + 1) * words),
            _ => null,
        };
    }

    private void CheckLanguageModelSize(Study study)
    {
        if (ModelValuesOf(study, 0) is > ModelValuesMax and var size && AreRight(ModelTypePath, "task.vocabulary", "task.context", "model.embeddingSize"))
        {
            var what = $"with {Show(study.Task.Vocabulary + 1)} words and a context of {Show(study.Task.Context)} the model has {Show(size)} values, above {Show(ModelValuesMax)}";
            _checks.Add("task.vocabulary", what, "Use fewer words, or a smaller task.context or model.embeddingSize.");
        }
    }
}

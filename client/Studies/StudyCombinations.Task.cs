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

        long buckets = model.Buckets, embedding = model.EmbeddingSize, hidden = model.HiddenSize;
        var (size, remedy) = model.Type == ModelType.EmbeddingBag
            ? ((buckets * embedding) + ((embedding + 1) * hidden) + ((hidden + 1) * labels),
                "Use fewer buckets, or a smaller model.embeddingSize or model.hiddenSize.")
            : ((buckets + 1) * labels, "Use fewer buckets.");
        if (model.Type != ModelType.Own && size > ModelValuesMax && AreRight("model.type", "model.buckets", "model.embeddingSize", "model.hiddenSize"))
        {
            var what = $"with {Show(buckets)} buckets and {Show(labels)} labels or more the model has {Show(size)} values, above {Show(ModelValuesMax)}";
            _checks.Add("model.buckets", what, remedy);
        }
    }

    private void CheckLanguageModelSize(Study study)
    {
        // The unknown word is one more, and so is the place before the first word of a text.
        long words = study.Task.Vocabulary + 1, context = study.Task.Context, embedding = study.Model.EmbeddingSize;
        var size = (context * (words + 1) * embedding) + ((embedding + 1) * words);
        if (size > ModelValuesMax && AreRight(ModelTypePath, "task.vocabulary", "task.context", "model.embeddingSize"))
        {
            var what = $"with {Show(words)} words and a context of {Show(context)} the model has {Show(size)} values, above {Show(ModelValuesMax)}";
            _checks.Add("task.vocabulary", what, "Use fewer words, or a smaller task.context or model.embeddingSize.");
        }
    }
}

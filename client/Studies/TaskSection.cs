namespace Sheaf.Client.Studies;

/// <summary>What a model is asked.</summary>
internal enum TaskType
{
    /// <summary>Which label a text has.</summary>
    Classification,

    /// <summary>Which word comes next.</summary>
    NextWord,
}

/// <summary>What the model is asked: for the label of a text, or for the next word.</summary>
internal sealed record TaskSection
{
    /// <summary>"classification" (the label of a text) or "next-word" (each word from those before it; labels are not needed). Default:
    /// "classification".</summary>
    public TaskType Type { get; init; } = TaskType.Classification;

    /// <summary>The most words that are told apart, 2 to 50,000; all others are one unknown word. The most frequent words of the rows to train on, or the
    /// first of <see cref="VocabularyFile"/>. Only with "next-word". Default: 2000.</summary>
    public int Vocabulary { get; init; } = 2000;

    /// <summary>A text file with one word a line to take the vocabulary from; a relative path begins at the folder of the study's file. Null (the
    /// default): the words of the data file are counted, which only a simulation can do, for it looks into what devices hold. Only with "next-word".</summary>
    public string? VocabularyFile { get; init; }

    /// <summary>How many words before a word say what it is, 1 to 8. Only with "next-word". Default: 2.</summary>
    public int Context { get; init; } = 2;
}

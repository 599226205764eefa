using Sheaf.Client.Data;

namespace Sheaf.Client.Tests.Data;

/// <summary>Real files, where the machine has them: the figures are those of the data sets' own description.</summary>
public sealed class SharedDataTests
{
    [SkippableFact]
    public void Take_Slurp_FindsItsRowsDevicesAndIntents()
    {
        var survey = Survey("slurp/events.tsv", new DataColumns { Device = "session", Time = "ts", Label = "intent" });

        Assert.Equal((11_670L, 178, 60, 0L), (survey.Rows, survey.Devices, survey.Labels.Length, survey.Unlabelled));
    }

    [SkippableFact]
    public void Take_GitLog_SkipsTheCommitsWithoutType()
    {
        var survey = Survey("gitlog/commits.tsv", new DataColumns { Device = "client", Time = "ts", Text = "subject", Label = "type" });

        Assert.Equal((1_388L, 12, 14_810L), (survey.Rows, survey.Labels.Length, survey.Rows + survey.Unlabelled));
        Assert.InRange(survey.Start.Year, 2013, 2026);
        Assert.InRange(survey.End.Year, 2013, 2026);
    }

    [SkippableFact]
    public void Take_UbuntuIrc_ReadsCompressedMessages()
    {
        var survey = Survey("ubuntu-irc/messages.tsv.gz", new DataColumns { Device = "client", Time = "ts", Label = "split" });

        Assert.Equal((216_855L, 17_511), (survey.Rows, survey.Devices));
        Assert.Equal((2004, 2018), (survey.Start.Year, survey.End.Year));
    }

    private static DataSurvey Survey(string name, DataColumns columns) =>
        DataSurvey.Take(DataFile.Open(SharedData.Find(name), DataFormat.Auto, columns));
}

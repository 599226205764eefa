using CsCheck;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Studies;

public sealed class StudyWriterTests
{
    private const string Defaults = """
        {
          "name": "study",
          "description": "",
          "arm": "",
          "seed": 1,
          "seeds": [],
          "arms": {},
          "population": {
            "source": "generated",
            "generated": {
              "devices": 1000,
              "zipfExponent": 1,
              "examplesMean": 13,
              "examplesMax": 2000,
              "labelConcentration": 10,
              "drift": 0
            },
            "file": null,
            "periods": 1,
            "arrival": "by-period",
            "heldOut": 0.2,
            "shards": 16,
            "retention": {
              "examplesMax": null,
              "overflow": "oldest-first",
              "ageMaxDays": null,
              "bytesMax": null,
              "periodsMax": null,
              "trainOnce": false,
              "reserve": 0,
              "reserveChoice": "random"
            },
            "behaviour": {
              "availability": 1,
              "dropOut": 0,
              "profiles": null
            }
          },
          "task": {
            "type": "classification",
            "vocabulary": 2000,
            "vocabularyFile": null,
            "context": 2
          },
          "model": {
            "type": "embedding-bag",
            "buckets": 5000,
            "embeddingSize": 64,
            "hiddenSize": 128,
            "bigrams": false,
            "assembly": null,
            "class": null
          },
          "training": {
            "rounds": 30,
            "cohort": 50,
            "overSelection": 1,
            "minimumReports": 1,
            "selection": {
              "strategy": "power",
              "exponent": 1,
              "floor": 0,
              "inclusionMax": 1,
              "share": 0.1,
              "temperature": 1,
              "candidates": null,
              "oort": {
                "exploration": 0.9,
                "explorationDecay": 0.95,
                "explorationMin": 0.2,
                "clipQuantile": 0.98,
                "uncertainty": 0.1
              },
              "minimumGap": 0,
              "counts": "current",
              "decay": 1,
              "assembly": null,
              "class": null
            },
            "local": {
              "epochs": 1,
              "steps": null,
              "batchSize": 10,
              "learningRate": 0.1,
              "examplesMax": 200,
              "optimizer": "sgd",
              "momentum": 0,
              "beta1": 0.9,
              "beta2": 0.999,
              "epsilon": 1E-08,
              "weightDecay": 0,
              "proximal": 0
            },
            "bounds": {
              "clipNorm": 10,
              "rejectNorm": 1000
            },
            "weighting": "equal",
            "aggregation": {
              "rule": "mean",
              "over": "slices",
              "trim": null,
              "bound": null,
              "byzantine": null,
              "selected": null,
              "bytesMax": null
            },
            "server": {
              "optimizer": "fedavg",
              "learningRate": 1,
              "beta1": 0.9,
              "beta2": 0.99,
              "epsilon": 0.001,
              "momentum": 0.9,
              "schedule": {
                "decay": "constant",
                "warmupRounds": 0,
                "stepRounds": 10,
                "stepFactor": 0.5
              }
            },
            "deadlineSeconds": 600,
            "closing": "all",
            "checkpointsKept": 4,
            "accelerator": "processor"
          },
          "evaluation": {
            "every": 1,
            "devicesMax": 10000,
            "prequential": null,
            "target": null
          }
        }

        """;

    [Fact]
    public void Write_DefaultStudy_HasTheDocumentedDefaults() => Assert.Equal(Defaults, StudyWriter.Write(new Study()));

    [Fact]
    public void Write_FileStudy_HasTheDocumentedDefaults()
    {
        var json = StudyWriter.Write(new Study { Population = new() { Source = PopulationSource.File } });

        Assert.Contains(
            """
                "source": "file",
                "generated": null,
                "file": {
                  "path": null,
                  "format": "auto",
                  "columns": {
                    "device": "device",
                    "time": "time",
                    "text": "text",
                    "label": "label",
                    "split": null
                  },
                  "cut": "rows",
                  "partition": {
                    "kind": "natural",
                    "devices": 100,
                    "alpha": 1,
                    "beta": 5,
                    "exponent": 1
                  }
                },
            """,
            json,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Arms_AreWrittenAsPaths()
    {
        var written = StudyWriter.Write(StudyReader.Read("""{"seeds":[3,1],"arms":{"a":{"training":{"rounds":5,"local":{"steps":null}}}}}""", "s"));

        Assert.Contains(
            """
              "seeds": [
                3,
                1
              ],
              "arms": {
                "a": {
                  "training.rounds": 5,
                  "training.local.steps": null
                }
              },
            """,
            written,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_AnyValidStudy_ReadsBackEqual() =>
        StudyGenerator.Studies.Sample(study => Assert.Equal(study, StudyReader.Read(StudyWriter.Write(study), "s")), iter: 2000);
}

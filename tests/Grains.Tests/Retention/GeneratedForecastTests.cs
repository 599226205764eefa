using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Populations;

namespace Sheaf.Grains.Tests.Retention;

/// <summary>
/// Whatever happens to a generated device, it holds what a device would that stored its examples and deleted them one by one; and its shard says
/// the same without waking it.
/// </summary>
public sealed class GeneratedForecastTests
{
    private const int Periods = 6;
    private const int Runs = 200;

    [Fact]
    public void Forecast_AfterAnythingThatCanHappen_IsWhatTheDeviceHolds()
    {
        for (var seed = 0; seed < Runs; seed++)
        {
            var random = new Random(seed);
            var (world, history) = (new World(random), new List<string>());
            while (world.Period < Periods - 1 || random.Next(4) > 0)
            {
                history.Add(world.Step());
                world.Check($"seed {seed}: {string.Join(", ", history)}");
            }
        }
    }

    /// <summary>A device, and beside it the list of what it should hold.</summary>
    private sealed class World
    {
        private readonly Random _random;
        private readonly long _device;
        private readonly DeviceState _state = new();
        private readonly List<PastRetention> _past = [];
        private readonly List<StoredExample> _held = [];
        private RetentionSpec _population = new(null, null);
        private Tombstone _refused = Tombstone.Empty;
        private (int Made, int Fresh) _counts;
        private int _stale;

        public World(Random random)
        {
            (_random, _device) = (random, random.Next(8));
            Open();
        }

        public int Period { get; private set; } = -1;

        private PopulationView View => new(PeriodsOf(_population), _past);

        private GeneratedData Data => (GeneratedData)DeviceData.Of(_state, $"{_device}", View);

        private PopulationMoment Moment => new(Period, View.EndOf(Period), IsSettled: true, _population.Version);

        private RetentionPolicy Policy => RetentionPolicies.Of(_population).OverriddenBy(RetentionPolicies.Of(_state.Own));

        public string Step()
        {
            switch (_random.Next(6))
            {
                case 0 or 1 when Period < Periods - 1:
                    Open();
                    return $"period {Period}";
                case 2:
                    return Erase();
                case 3:
                    return SetOwn();
                case 4:
                    return SetPopulation();
                default:
                    return Spend();
            }
        }

        public void Check(string history)
        {
            var expected = _held.Select(example => example.ExampleId).Order();
            var toTrainOn = _held.Where(example => !example.HeldOut).ToArray();
            var forecast = GeneratedForecast.Of(View, _device, Period, Data.CountsAt(Moment).Deviation);

            Assert.True(expected.SequenceEqual(Data.HeldAt(Moment).Select(example => example.ExampleId).Order()), $"The device holds something else. {history}");
            Assert.True(
                (toTrainOn.Length, _held.Count - toTrainOn.Length, _counts.Made, _counts.Fresh, _stale)
                == (forecast.Activity, forecast.HeldOut, forecast.Made, forecast.Fresh, forecast.Stale),
                $"The forecast is {forecast}, and what was known in the period before is {_stale}. {history}");
            Assert.True(PeriodCount.Of(toTrainOn.Select(example => example.Period)).SequenceEqual(forecast.ByPeriod), $"The forecast by period is another. {history}");
        }

        private void Open()
        {
            Period++;
            _stale = _held.Count(example => !example.HeldOut);
            var fresh = _state.IsWithdrawn ? [] : Generator.ExamplesOf(_device, Period)
                .Select(made => new StoredExample(made.Time, made.Text, made.Label, made.IsHeldOut, PopulationGenerator.IdOf(Period, made.Row), Period))
                .Where(example => !_refused.Refuses(example.Identity))
                .ToArray();
            _held.AddRange(fresh);
            _counts = (_counts.Made + fresh.Count(example => !example.HeldOut), fresh.Count(example => !example.HeldOut));
            Apply();
        }

        private string Erase()
        {
            EraseScope scope = _random.Next(4) switch
            {
                0 => new EraseLabel(Generator.Labels[_random.Next(Generator.Labels.Length)]),
                1 => new EraseTimes(Generator.Population.StartOf(_random.Next(Period + 1)).AddHours(3), Generator.Population.StartOf(Period + 1).AddHours(_random.Next(1, 12))),
                2 => new EraseIds([PopulationGenerator.IdOf(_random.Next(Periods), _random.Next(5)), PopulationGenerator.IdOf(Period, _random.Next(5))]),
                _ => new EraseAll(),
            };
            var upTo = Data.UpToAt(-1, Moment);
            var erased = _held.FindAll(example => scope.Matches(example.Identity));
            Assert.Equal(erased.Count, Data.Erase(scope, upTo, Moment).Examples);
            _state.IsWithdrawn |= scope is EraseAll && _random.Next(3) == 0;
            _state.Version++;
            _refused = _refused.Add(scope, upTo);
            _held.RemoveAll(erased.Contains);
            var toTrainOn = erased.FindAll(example => !example.HeldOut);
            if (scope is EraseAll ? _counts.Made > 0 : toTrainOn.Count > 0)
            {
                _stale = Math.Min(_stale, _held.Count(example => !example.HeldOut));
            }

            _counts = scope is EraseAll ? (0, 0) : (_counts.Made - toTrainOn.Count, _counts.Fresh - toTrainOn.Count(example => example.Period == Period));
            return $"erase {scope}{(_state.IsWithdrawn ? " withdrawn" : "")}";
        }

        private string SetOwn()
        {
            // Of a version that outlives some of the population's changes.
            var own = _random.Next(3) == 0 ? null : Any(Math.Max(_population.Version, (_state.Own?.Version ?? -1) + 1) + _random.Next(4));
            Data.SetPolicy(own, Moment);
            _state.Version++;
            Apply();
            return $"own {own}";
        }

        private string SetPopulation()
        {
            var next = Any(_population.Version + 1);
            _past.Add(new PastRetention(_population, Moment));
            _population = next;
            Apply();
            return $"population {next}";
        }

        private string Spend()
        {
            var spent = _held.Where(example => !example.HeldOut && _random.Next(3) == 0).Select(example => example.ExampleId).ToHashSet();
            Data.Spend(spent, Moment);
            _state.Version++;
            _held.RemoveAll(example => spent.Contains(example.ExampleId));
            return $"spend {spent.Count}";
        }

        // Rules that leave the same whenever they are applied: a reservoir stands alone.
        private RetentionSpec Any(int version) => _random.Next(4) == 0
            ? new RetentionSpec(_random.Next(1, 12), null, "reservoir", Version: version)
            : new RetentionSpec(
                _random.Next(3) == 0 ? _random.Next(1, 20) : null,
                _random.Next(3) == 0 ? TimeSpan.FromHours(_random.Next(6, 90)) : null,
                BytesMax: _random.Next(3) == 0 ? _random.Next(50, 800) : null,
                PeriodsMax: _random.Next(3) == 0 ? _random.Next(1, 4) : null,
                Version: version);

        private void Apply()
        {
            var toTrainOn = _held.FindAll(example => !example.HeldOut);
            var facts = toTrainOn.ConvertAll(example => example.Facts).ToArray();
            var kept = Policy.Kept(facts, new RetentionMoment(View.EndOf(Period), Period), View.Seed, DevicePosition.OfIndex((ulong)_device))
                .Select(index => toTrainOn[index]).ToHashSet();
            _held.RemoveAll(example => !example.HeldOut && !kept.Contains(example));
        }

        private static PopulationGenerator Generator { get; } = TinyStudy.PeriodsOf(Periods);

        private static PopulationSpec PeriodsOf(RetentionSpec retention)
        {
            var spec = TinyStudy.Population(retention);
            return spec with { Generated = spec.Generated! with { Periods = Periods } };
        }
    }
}

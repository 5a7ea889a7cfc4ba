import threading

from qmgis.app import results
from qmgis.app.results import outcome_of, outcomes_of
from tests.toy import toy_city


def test_many_readers_compute_once(monkeypatch):
    calls, city = [], toy_city()

    def slow(city, run, compute=results.compute):
        calls.append(run)
        return compute(city, run)

    monkeypatch.setattr(results, "compute", slow)
    threads = [threading.Thread(target=outcome_of, args=(city, "mss-2022")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == ["mss-2022"]


def test_a_run_that_is_there_never_waits_for_another(monkeypatch):
    city, started, go_on = toy_city(), threading.Event(), threading.Event()
    ready = outcome_of(city, "mss-2024")
    original = results.compute

    def stuck(city, run):
        started.set()
        assert go_on.wait(20)
        return original(city, run)

    monkeypatch.setattr(results, "compute", stuck)
    other = threading.Thread(target=outcome_of, args=(city, "mss-2022"))
    other.start()
    assert started.wait(20)
    assert outcome_of(city, "mss-2024") is ready
    go_on.set()
    other.join()


def test_two_cities_of_one_key_are_two():
    assert outcome_of(toy_city(), "mss-2022") is not outcome_of(toy_city(), "mss-2022")


def test_all_runs_come_oldest_first():
    assert [outcome.run.key for outcome in outcomes_of(toy_city())] == ["mss-2022", "mss-2024"]

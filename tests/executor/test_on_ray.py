"""A real Ray cluster of this machine: the same results as elsewhere, also when a worker is killed."""

from __future__ import annotations

import os
import signal
import time
from functools import partial

import pytest
import ray
from ray.cluster_utils import Cluster

from imagequant.core.errors import InputError
from imagequant.executor import cluster, iterate_shards, map_shards
from imagequant.params import ExecutorParams

RAY = ExecutorParams("ray", 2)


def builder(function):
    return partial(partial, function)


@pytest.mark.usefixtures("connection")
class TestMapping:
    def test_results_come_in_the_items_order(self):
        def slow_first(item: int) -> tuple[int, int]:
            time.sleep(0.5 if item == 0 else 0)
            return item, os.getpid()

        results = map_shards(lambda: slow_first, list(range(12)), RAY, "test")
        assert [item for item, _ in results] == list(range(12))
        workers = {worker for _, worker in results}
        assert len(workers) == 2
        assert os.getpid() not in workers

    def test_no_items(self):
        assert map_shards(builder(bytes), [], RAY, "test") == []

    def test_the_first_exception_comes_through(self, tmp_path):
        (tmp_path / "there").touch()
        items = [str(tmp_path / name) for name in ("there", "gone", "there")]
        with pytest.raises(FileNotFoundError, match="gone"):
            map_shards(builder(os.path.getsize), items, RAY, "test")
        # The next run works again.
        assert map_shards(builder(os.path.getsize), items[:1], RAY, "test") == [0]

    def test_workers_have_one_thread_each(self):
        names = ["OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"]
        assert map_shards(builder(os.getenv), names, RAY, "test") == ["1", "1"]

    def test_a_killed_worker_loses_nothing(self, tmp_path):
        def die_once(item: int) -> int:
            (tmp_path / f"{item}.{os.getpid()}").touch()
            if item == 3 and len(list(tmp_path.glob("3.*"))) == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            return item * item

        assert map_shards(lambda: die_once, list(range(10)), RAY, "test") == [item * item for item in range(10)]
        assert len(list(tmp_path.glob("3.*"))) == 2, "the item it died of was done again"


@pytest.fixture(scope="class")
def connection():
    """One cluster for several tests: starting one takes seconds."""
    with cluster(RAY):
        yield


def test_more_workers_than_cores_are_had_here_as_with_processes():
    def slow(item: int) -> tuple[int, int]:
        time.sleep(0.5)
        return item, os.getpid()

    results = map_shards(lambda: slow, list(range(12)), ExecutorParams("ray", 4), "test")
    assert [item for item, _ in results] == list(range(12))
    assert len({worker for _, worker in results}) == 4


def test_one_connection_serves_all_that_is_mapped_within():
    with cluster(RAY) as workers:
        assert workers == 2
        for _ in range(2):
            assert map_shards(builder(abs), [-1, -2], RAY, "test") == [1, 2]
            assert ray.is_initialized()
    assert not ray.is_initialized()


def test_a_running_cluster_is_used_and_one_that_has_ended_is_not_waited_for(monkeypatch):
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    try:
        # A cluster's cores are as many as they are.
        for workers, address in ((0, cluster.address), (5, "auto")):
            engine = ExecutorParams("ray", workers, address)
            assert map_shards(builder(abs), list(range(-9, 0)), engine, "test") == list(range(9, 0, -1))
    finally:
        ray.shutdown()
        cluster.shutdown()
    with pytest.raises(InputError, match=r"^executor\.address: no Ray cluster at 'auto' \("):
        map_shards(builder(abs), [-1], ExecutorParams("ray", 1, "auto"), "test")


def test_a_lost_node_loses_nothing(tmp_path):
    def slow(item: int) -> int:
        (tmp_path / f"{item}.{os.getpid()}").touch()
        time.sleep(0.3)
        return item * item

    # By default it takes half a minute until a node is known to be lost.
    checks = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_failure_threshold": 2}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "_system_config": checks})
    lost = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    try:
        results = iterate_shards(lambda: slow, list(range(20)), ExecutorParams("ray", 0, cluster.address), "test")
        first = [next(results) for _ in range(6)]
        assert len({path.suffix for path in tmp_path.iterdir()}) == 2, "both nodes work"
        cluster.remove_node(lost, allow_graceful=False)
        assert [*first, *results] == [item * item for item in range(20)]
    finally:
        ray.shutdown()
        cluster.shutdown()


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "nowhere", "auto"])
def test_no_cluster_at_the_address_is_an_error_that_names_the_key(address, monkeypatch):
    # Where Ray looks first; what else it finds depends on the machine.
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with pytest.raises(InputError, match=rf"^executor\.address: no Ray cluster at '{address}' \("):
        map_shards(builder(abs), [1], ExecutorParams("ray", 1, address), "test")

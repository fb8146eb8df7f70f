# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes results documents for tests. Every figure in them is invented."""

import math
import random
from typing import Any, Dict, List, Sequence, Tuple

ALL_EIGHT = (
    "sun4u/pools:1",
    "gart/pools:1",
    "pooled/pools:1",
    "pooled/pools:16",
    "ppc/pools:4",
    "stale-local/pools:1",
    "stale-hop/pools:16",
    "stale-local/pools:16",
)
FLUSH = "mmio:16,150,600"

# Invented: ns a pair on one CPU, and the part of it that the CPUs must take in turns.
_PAIR_NS = {"sun4u": 70, "gart": 76, "pooled": 82, "ppc": 260}
_SERIAL = {"pools:1": 0.95, "pools:4": 0.4, "pools:16": 0.12}


def cell_name(
    workload: str = "ring",
    variant: str = "sun4u/pools:1",
    cpus: int = 1,
    flush: str = FLUSH,
    occupancy: str = "5",
    prefix: str = "",
) -> str:
    """A cell name; what is not asked for is the default of a run."""
    return (
        f"{prefix}{workload}/{variant}/cpus:{cpus}/flush:{flush}"
        f"/occupancy:{occupancy}/lock:tas/think:0"
    )


def invented_pair_ns(variant: str, cpus: int, random_: random.Random) -> float:
    """An invented real_time, ns a pair and CPU, with noise that has a long tail."""
    allocator, pools = variant.split("/")
    serial = _SERIAL.get(pools, 0.3)
    alone = _PAIR_NS.get(allocator, 88)
    crowd = alone * (1 - serial + serial * cpus + 0.02 * serial * cpus * (cpus - 1))
    return crowd * random_.lognormvariate(0, 0.02) * (1 + 0.01 * random_.expovariate(1))


def sample(
    name: str, pair_ns: float, order: int, repetition: int = 0
) -> Dict[str, Any]:
    """A timing sample of 0.2 s with that real_time in ns."""
    cpus = int(name.split("/cpus:")[1].split("/")[0])
    pairs = int(0.2e9 / pair_ns) * cpus
    rate = 1e9 * cpus / pair_ns
    return {
        "name": name,
        "run_name": name,
        "run_type": "iteration",
        "family_index": 0,
        "per_family_instance_index": 0,
        "repetitions": 10,
        "repetition_index": repetition,
        "threads": cpus,
        "iterations": pairs,
        "real_time": pair_ns,
        "cpu_time": pair_ns * 0.99,
        "time_unit": "ns",
        "pass": "timing",
        "order": order,
        "seed": 1 + repetition,
        "items_per_second": rate,
        "ops_per_second": rate,
        "ref_ticks": pair_ns * 2.1,
        "fairness": 0.97,
        "flushes_per_kop": 0.25,
        "alloc_failures": 0,
        "fallback_pool_share": 0.0,
        "local_pool_utilization": 5.0,
        "flush_ns_mean": 3001.5,
        "noisy": 0,
        "migrations": 0,
        "involuntary_switches": 3,
        "descheduled_ns": 12000,
        "steal_ns": 0,
        "per_thread": [
            {
                "cpu": cpu,
                "os_cpu": 2 * cpu,
                "ops": pairs // cpus,
                "seconds": 0.2,
                "involuntary_switches": 1,
                "descheduled_ns": 4000,
                "migrated": False,
            }
            for cpu in range(cpus)
        ],
    }


# Lock statistics. A histogram of ours is a dictionary from the shortest time of a
# bucket, in ticks, to the times in it.
TICKS_PER_NS = 1.5
Buckets = Dict[int, int]


def bucket_of(ticks: int) -> int:
    """The shortest time of the bucket that takes a time, as include/hist.h has it."""
    shift = max(0, ticks.bit_length() - 7)
    return ticks >> shift << shift


def invented_times(count: int, middle_ns: float, spread: float) -> Buckets:
    """So many times around a middle, distributed log-normally, as a histogram."""
    buckets: Buckets = {}
    steps = 120
    rest = count
    for index in range(1, steps + 1):
        ranks = round(count * 0.5 * math.erfc(-(index / steps * 9 - 4.5) / 2**0.5))
        here = ranks - (count - rest)
        if here > 0:
            rest -= here
            ns = middle_ns * math.exp(spread * (index / steps * 9 - 4.5))
            low = bucket_of(max(1, round(ns * TICKS_PER_NS)))
            buckets[low] = buckets.get(low, 0) + here
    return buckets


def merged(*histograms: Buckets) -> Buckets:
    """All times of these histograms in one."""
    result: Buckets = {}
    for buckets in histograms:
        for low, count in buckets.items():
            result[low] = result.get(low, 0) + count
    return result


def times_of(prefix: str, buckets: Buckets, sample_: int = 1) -> Dict[str, float]:
    """The figures of a histogram's times, each in ns; none if it is empty."""
    ordered = [(low / TICKS_PER_NS, count) for low, count in sorted(buckets.items())]
    count = sum(buckets.values())
    if not count:
        return {}
    total = sum(ns * number for ns, number in ordered)

    def quantile(share: float) -> float:
        seen = 0
        for ns, number in ordered:
            seen += number
            if seen >= share * count:
                break
        return ns

    return {
        f"{prefix}_min": ordered[0][0],
        f"{prefix}_p50": quantile(0.5),
        f"{prefix}_p90": quantile(0.9),
        f"{prefix}_p99": quantile(0.99),
        f"{prefix}_p999": quantile(0.999),
        f"{prefix}_max": ordered[-1][0],
        f"{prefix}_mean": max(total / count - 8.0, 0),
        f"{prefix}_mean_raw": total / count,
        f"{prefix}_total": total * sample_,
    }


def histogram(buckets: Buckets) -> Dict[str, Any]:
    """A histogram as it stands in a file."""
    return {
        "count": sum(buckets.values()),
        "overflow": 0,
        "buckets": [
            [low / TICKS_PER_NS, count] for low, count in sorted(buckets.items())
        ],
    }


def locks_sample(
    timing: Dict[str, Any],
    plain: Buckets,
    flush: Buckets,
    wait: Buckets,
    lock_sample: int = 1,
) -> Dict[str, Any]:
    """A locks sample of a timing sample's cell: holds without and with flush, waits.

    All of it is of one lock.
    """
    hold = merged(plain, flush)
    waited = lock_sample * sum(wait.values())
    counts = {
        "acquisitions": lock_sample * sum(hold.values()),
        "contentions": waited,
        "con_bounces": waited,
        "acq_bounces": waited,
    }
    result = {**timing, "pass": "locks", "lock_sample": lock_sample, **counts}
    result.update(times_of("hold_ns", hold, lock_sample))
    result.update(times_of("wait_ns", wait, lock_sample))
    if flush:
        result["hold_flushes"] = lock_sample * sum(flush.values())
        for name in ("p50", "max", "total"):
            figures = times_of("hold_flush_ns", flush, lock_sample)
            result[f"hold_flush_ns_{name}"] = figures[f"hold_flush_ns_{name}"]
    lock: Dict[str, Any] = {"lock": "pool 0", **counts, "wait": None}
    for name in ("hold", "wait"):
        if f"{name}_ns_min" in result:
            figures_of = ("min", "p50", "p99", "max", "total")
            lock[name] = {f"{f}_ns": result[f"{name}_ns_{f}"] for f in figures_of}
    result["locks"] = [lock] if counts["acquisitions"] else []
    result["histograms"] = {
        "hold": histogram(hold),
        "wait": histogram(wait),
        "hold_flush": histogram(flush),
    }
    return result


def contention_sample(
    timing: Dict[str, Any], acquisitions: int, contentions: int
) -> Dict[str, Any]:
    """A sample of the pass that counts, of a timing sample's cell."""
    counts = {"acquisitions": acquisitions, "contentions": contentions}
    return {**timing, "pass": "contention", **counts}


def drawn_sample(
    timing: Dict[str, Any],
    hold: Buckets,
    wait: Buckets,
    lock_sample: int,
    waiting_share: float,
    acquisitions: int = 0,
) -> Dict[str, Any]:
    """A sample of the pass that times one in `lock_sample` acquisitions.

    As many others were tried, and acquired at once. All of it is of one lock.
    """
    result = locks_sample(timing, hold, {}, wait, lock_sample)
    acquire = {15: sum(hold.values())} if hold else {}
    del result["contentions"]
    if acquisitions:
        result["acquisitions"] = acquisitions
    result["waiting_share"] = waiting_share
    result.update(times_of("acquire_ns", acquire))
    result.pop("acquire_ns_total", None)
    result["histograms"]["acquire"] = histogram(acquire)
    return result


def _invented_locks(
    timing: Dict[str, Any], random_: random.Random
) -> Tuple[Buckets, Buckets, Buckets]:
    """Invented holds without and with flush, and waits, of a timing sample's cell."""
    allocator, pools = timing["name"].split("/")[1:3]
    cpus = timing["threads"]
    serial = _SERIAL.get(pools, 0.3)
    noise = random_.lognormvariate(0, 0.03)
    middle = 0.3 * _PAIR_NS.get(allocator, 88) * (1 + 0.3 * serial * cpus) * noise
    holds = 2 * timing["iterations"]
    flushed = {"ppc": 0, "gart": holds // 30}.get(allocator, holds // 9000)
    contended = (
        int(holds * 0.9 * (1 - 1 / (1 + serial * (cpus - 1))) * noise)
        if cpus > 1
        else 0
    )
    return (
        invented_times(holds - flushed, middle, 0.25),
        invented_times(flushed, 3000 + middle, 0.03),
        invented_times(contended, middle * cpus * serial, 0.8),
    )


def with_locks(timing: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """These timing samples, and a locks sample of each behind them."""
    random_ = random.Random(1862)
    result = list(timing)
    for each in timing:
        locks = locks_sample(each, *_invented_locks(each, random_))
        result.append({**locks, "order": len(result)})
    return result


def failed(name: str, order: int, message: str = "invented failure") -> Dict[str, Any]:
    """A failed sample."""
    whole = sample(name, 100.0, order)
    kept = list(whole)[: list(whole).index("items_per_second")]
    return {
        **{key: whole[key] for key in kept},
        "iterations": 0,
        "real_time": 0,
        "cpu_time": 0,
        "error_occurred": True,
        "error_message": message,
    }


def samples(
    workloads: Sequence[str] = ("ring", "churn"),
    variants: Sequence[str] = ALL_EIGHT,
    cpus: Sequence[int] = (1, 2),
    repetitions: int = 10,
    **rest: str,
) -> List[Dict[str, Any]]:
    """Samples of all these cells, in one repetition after the other."""
    random_ = random.Random(2015)
    result: List[Dict[str, Any]] = []
    for repetition in range(repetitions):
        for workload in workloads:
            factor = 1.0 if workload == "ring" else 1.35
            for variant in variants:
                for count in cpus:
                    name = cell_name(workload, variant, count, **rest)
                    pair_ns = factor * invented_pair_ns(variant, count, random_)
                    result.append(sample(name, pair_ns, len(result), repetition))
    return result


def document(benchmarks: List[Dict[str, Any]]) -> Dict[str, Any]:
    """A complete results document of an invented host with these samples."""
    host = {
        "name": "invented-host",
        "arch": "sparc64",
        "kernel": "0.0.0-invented",
        "cpu_model": "Invented CPU (no measurement)",
        "virtualisation": "none",
        "governor": "performance",
        "smt": "off",
        "aslr": "unknown",
        "topology": {"packages": 1, "numa_nodes": 1, "cores": 64, "pus": 64},
        "cpu_order": list(range(64)),
    }
    ours = {
        "format": 2,
        "version": "0.0",
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "dirty": False,
        "compiler": "gcc 0.0",
        "cflags": "-O2",
        "arguments": ["--workloads", "ring,churn", "--flush", FLUSH],
        "command_line": f"iommubench run --workloads ring,churn --flush {FLUSH}",
        "complete": True,
        "planned_samples": len(benchmarks),
        "host": host,
        "clock": {
            "source": "%tick",
            "ticks_per_ns": TICKS_PER_NS,
            "step_ns": 0.7,
            "read_ns": 8.0,
        },
        "entries": 8192,
        "seed": 1,
        "seconds": 0.2,
        "repetitions": 10,
        "flush_models": [{"name": FLUSH, "requested_ns": 3000, "achieved_ns": 3004.2}],
        "think_times": [{"requested_ns": 0, "achieved_ns": 0}],
        "omitted": [],
    }
    context = {
        "date": "2015-04-05T18:00:00+00:00",
        "host_name": "invented-host",
        "executable": "build/iommubench",
        "num_cpus": 64,
        "mhz_per_cpu": 1500,
        "cpu_scaling_enabled": False,
        "caches": [{"type": "Data", "level": 1, "size": 16384, "num_sharing": 1}],
        "load_avg": [0.1, 0.2, 0.3],
        "library_build_type": "release",
        "iommubench": ours,
    }
    return {"context": context, "benchmarks": benchmarks}

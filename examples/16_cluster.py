"""A portfolio of a million options on a cluster: two processes here, or a scheduler's, as in tcp://host:8786."""

import sys

import cloudpickle
import dask
import dask.array
import dask.distributed
import numpy
from plain import black_scholes

import minitorch

LOWEST = numpy.array([50.0, 60.0, 0.1, 0.0, 0.1])
HIGHEST = numpy.array([150.0, 140.0, 2.0, 0.05, 0.5])

price = minitorch.compile(black_scholes.price, argnums=(0, 1, 2, 3, 4))


def main(scheduler: str | None, count: int) -> None:
    """Price options at random and add up their derivatives by the spot, in blocks that no process has all of."""
    # Workers elsewhere have minitorch, but not this folder: what they compile travels to them.
    cloudpickle.register_pickle_by_value(black_scholes)
    here = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with dask.distributed.Client(scheduler, **({} if scheduler else here)) as client:
        draws = dask.array.random.default_rng(7).random((count, 5), chunks=(max(1, count // 8), 5))
        options = LOWEST + (HIGHEST - LOWEST) * draws
        values, greeks = price.batch_value_and_grad(options)
        mean, delta, last, value, row = dask.compute(
            values.mean(), greeks[:, 0].sum(), options[-1], values[-1], greeks[-1]
        )
        processes = len(client.scheduler_info()["workers"])
    print(f"{count} options priced with five derivatives each, in {processes} processes")
    print(f"mean price {mean:.4f}, portfolio delta {delta:.2f}")
    eager, gradient = minitorch.value_and_grad(black_scholes.price, argnums=(0, 1, 2, 3, 4))(*last.tolist())
    print(f"the last one as one call here has it: {(value, *row) == (eager, *gradient)}")


# The processes of a cluster import this file, and must not start clusters of their own.
if __name__ == "__main__":
    addresses = [word for word in sys.argv[1:] if "://" in word]
    counts = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(addresses[0] if addresses else None, counts[0] if counts else 1_000_000)

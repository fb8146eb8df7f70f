# SPDX-License-Identifier: GPL-2.0-or-later
"""Cell names: parsed, refused, and given back as they were."""

import pytest

from report.read.cell import Cell, is_of_kernel

REST = "cpus:4/flush:mmio:16,150,600/occupancy:5/lock:tas/think:0"


@pytest.mark.parametrize("prefix", ("", "sim/sun4v-t5-2/", "audit/"))
@pytest.mark.parametrize("parameters", ("", "/hop:4/", "/b:2/a:0.5k/"))
def test_a_name_is_given_back_as_it_was(prefix: str, parameters: str) -> None:
    """Parameters keep their order, and belong to the variant."""
    variant = f"k-pooled{parameters or '/'}pools:16"
    cell = Cell.parse(f"{prefix}ring/{variant}/{REST}")
    assert str(cell) == f"{prefix}ring/{variant}/{REST}"
    assert (cell.allocator, cell.pools, cell.variant) == ("k-pooled", 16, variant)
    assert [f"{key}:{value}" for key, value in cell.parameters] == (
        parameters.strip("/").split("/") if parameters else []
    )


def test_cells_with_other_parameters_are_others() -> None:
    """Two values of a parameter are two cells."""
    one, two = (Cell.parse(f"ring/pooled/hop:{n}/pools:16/{REST}") for n in (1, 2))
    assert one != two and one.variant != two.variant


@pytest.mark.parametrize(
    "parameters",
    (
        "pools:4",  # each key of the cell's own
        "cpus:4",
        "flush:none",
        "occupancy:5",
        "lock:tas",
        "think:0",
        "hop:1/hop:2",  # twice
        "Hop:1",
        "hop_far:1",
        "hop:",
        ":1",
        "hop",
        "hop:1,2",
        "hop:A",
    ),
)
def test_what_is_no_parameter_is_refused(parameters: str) -> None:
    """The grammar of parameters, and that the cell's own keys are none."""
    with pytest.raises(ValueError, match="not a cell name"):
        Cell.parse(f"ring/pooled/{parameters}/pools:16/{REST}")


@pytest.mark.parametrize("prefix", ("", "sim/k-machine/", "audit/"))
def test_which_allocators_are_of_a_kernel(prefix: str) -> None:
    """Those whose name begins with k-, wherever the cell was measured."""
    assert is_of_kernel(f"{prefix}ring/k-iova/pools:1/{REST}")
    assert not is_of_kernel(f"{prefix}ring/kpooled/pools:1/{REST}")
    assert not is_of_kernel(f"{prefix}k-ring/pooled/pools:1/{REST}")

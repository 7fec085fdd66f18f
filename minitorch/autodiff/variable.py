"""A value that knows how it was made, and the reverse pass over such values: module 1 of the minitorch course.

A Function of the table of rules knows its partial derivatives when it runs: the Variable that it makes keeps operands
and partials itself, and a `History` is made of them when somebody asks.

    z = x * y      where x is 2.0 and y is 3.0

    z.first_parent, z.first_partial      x, 3.0
    z.second_parent, z.second_partial    y, 2.0

The reverse pass goes from a result back to what it was made from, in the order of creation, latest first. A Variable
is younger than all that it was made from, so going by age visits it after everything made from it, and no graph is too
deep. Where several contributions to a derivative meet, they are added in the order of their makers, the youngest
first: that order is fixed, so results are equal to the last bit whoever runs the pass.

    >>> from minitorch.scalars.scalar import Scalar
    >>> x = Scalar(3.0)
    >>> (x * x).backward()
    >>> x.derivative
    6.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from minitorch.autodiff.errors import BackwardError, partly_set
from minitorch.autodiff.history import OVER, Context, History, InputHistory
from minitorch.autodiff.place import Place
from minitorch.autodiff.topological_order import is_variable, parents_of, topological_sort
from minitorch.autodiff.torch_names import TorchNames, second_order_asked
from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.recorder import TO_THE_LEAVES, VariableBase, add_derivatives, next_unique_id, sweep

if TYPE_CHECKING:
    from minitorch.autodiff.function import FunctionBase

__all__ = [
    "Variable",
    "backpropagate",
    "backward_pass",
    "function_name",
    "function_of",
    "history_as_made",
    "is_constant",
    "is_settled",
    "recorded_vjp_contributions",
    "settle",
    "variables_in",
    "vjp_contributions",
]  # fmt: skip


array_passes: list[Callable[..., list[Any]]] = []
"""What runs `run_pass` where arrays may be among the Variables; the module of their passes puts it here."""


class Variable(TorchNames, VariableBase):
    """A value that knows how it was made.

    Args:
        history: None for a constant, `History()` for a leaf.
        name: what reports and pictures call it.

    Attributes:
        derivative: for a leaf, the sum of what `backward` gave it; None before that.
        unique_id: later Variables have larger ones.
        first_parent, second_parent, first_partial, second_partial: the operands of a Function of the table of rules and
            the partial derivatives by them. Of one operand `second_parent` is None; of more than two, `first_parent`
            and `first_partial` are tuples of all. The partial derivative by a constant is None, and `first_parent` is
            None for whatever was made otherwise. A Function on arrays keeps all operands in `first_parent`, and in
            `first_partial` the dict of what it was called with by name.
        holds_array: whether its value is an array of numpy's.
        made_by: the names of what says how it was made.
        code, instruction: the code that had the Function applied, and how far it was; `place` says where that is.
    """

    __slots__ = ()

    creator: History | type[FunctionBase] | None
    holds_array: ClassVar[bool] = False
    made_by: ClassVar[tuple[str, ...]] = ("creator", "first_parent", "second_parent", "first_partial", "second_partial")

    @property
    def history(self) -> History | None:
        """How it was made: None for a constant."""
        creator = self.creator
        if creator is None:
            return None
        if OVER.marks and self.unique_id < InputHistory.last_number[0] and is_settled(self):
            return None
        return history_as_made(self)

    @history.setter
    def history(self, history: History | None) -> None:
        self.creator = history
        self.first_parent = self.second_parent = self.first_partial = self.second_partial = None
        number_after_inputs(self, history)

    @property
    def place(self) -> Place | None:
        """Where the user's source does the operation that made it; None for what no operation made."""
        return None if self.code is None else Place.of((self.code, self.instruction))

    def present(self) -> Variable:
        """Return the Variable of its present value: itself, unless it is an array that has been written since."""
        return self

    def get_data(self) -> Any:
        """Return the plain value, which a Function's `forward` works on."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its plain value is: define get_data")

    def accumulate_derivative(self, value: Any) -> None:
        """Add to the derivative of this leaf."""
        if not self.is_leaf:
            raise BackwardError("only a leaf Variable has a derivative; ask minitorch.grad for that of another value")
        self.derivative = float(value) if self.derivative is None else self.derivative + float(value)

    def zero_derivative_(self) -> None:
        """Start again from a derivative of zero."""
        self.derivative = 0.0

    zero_grad_ = zero_derivative_

    @short_tracebacks
    def backward(
        self,
        d_output: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        *,
        gradient: Any = None,
    ) -> None:
        """Add the derivatives of this value to those of the leaves that it was made from.

        Args:
            d_output: the derivative by this value that the pass starts from; ones if it is left out.
            retain_graph: nothing, whatever it is: histories stay as they are.
            create_graph: has to be false; derivatives of derivatives are those of `minitorch.grad`.
            gradient: what torch calls `d_output`.

        Raises:
            TypeError: the derivatives were to have histories.
        """
        if create_graph:
            raise second_order_asked()
        start = gradient if d_output is None else d_output
        backpropagate(self.present(), self.ones() if start is None else start)

    def ones(self) -> Any:
        """Return the derivative of this value by itself."""
        return 1.0


def number_after_inputs(variable: Variable, history: History | None) -> None:
    """Give a Variable a new number where its new history has inputs that are not older: passes go by age."""
    inputs = () if history is None else history.inputs or ()
    if any(x.unique_id >= variable.unique_id for x in variables_in(inputs)):
        variable._unique_id = next_unique_id()


def is_constant(value: object) -> bool:
    """Return whether no derivative passes through a value: a plain one, or a Variable without history.

    >>> is_constant(2.0), is_constant(Variable(None)), is_constant(Variable(History()))
    (True, True, False)
    """
    return not isinstance(value, Variable) or value.creator is None


def variables_in(values: Iterable[Any]) -> list[Variable]:
    """Return the Variables among values."""
    return [value for value in values if is_variable(value)]


def value_of(x: Any) -> Any:
    """Return the plain value of a Variable, anything else as it is."""
    return x.get_data() if isinstance(x, Variable) else x


def function_of(variable: Variable) -> type[FunctionBase] | None:
    """Return the Function that made a Variable, without building its history: None for leaves and constants."""
    creator = variable.creator
    return creator.last_fn if isinstance(creator, History) else creator


def history_as_made(variable: Variable) -> History | None:
    """Return how a Variable was made, `None` for a constant, without asking whether its derivatives are over.

    Asking that of each node of a long run looks at all that is behind it, over and over again.
    """
    creator = variable.creator
    if creator is None or isinstance(creator, History):
        return creator
    context = Context()
    inputs = parents_of(variable)
    context.save_for_backward(*map(value_of, inputs), value_of(variable))
    partials = (
        variable.first_partial
        if type(variable.first_parent) is tuple
        else (variable.first_partial, variable.second_partial)[: len(inputs)]
    )
    variable.creator = History(creator, context, inputs, partials)
    return variable.creator


def function_name(variable: Variable) -> str:
    """Return the name of the Function that made a Variable: nothing for leaves and constants."""
    function = function_of(variable)
    return "" if function is None else function.__name__


def is_settled(variable: Variable) -> bool:
    """Return whether a Variable is a constant, which it becomes when all derivatives that it took part in are over."""
    return settle(variable) if OVER.marks else variable.creator is None


def make_constant(variable: Variable) -> None:
    """Make a Variable a constant, whatever attributes its class allows to set."""
    for name in variable.made_by:
        object.__setattr__(variable, name, None)


def settle(variable: Variable) -> bool:
    """Make a Variable a constant if nothing that it was made from has a history any more; return whether it is one."""
    order = topological_sort(variable)
    for node in order:
        if node.is_leaf and not (type(node.creator) is InputHistory and node.creator.is_over()):
            return False
    some_are_over = OVER.is_up()
    for node in order:
        make_constant(node)
    if some_are_over:
        # Others may have been made from the same inputs, which are gone now.
        OVER.hold()
    return True


def backpropagate(variable: Variable, deriv: Any = 1.0) -> None:
    """Add the derivatives of a value to those of the leaves that it was made from.

    Leaves change only once the whole pass has gone well. A constant has no leaves, so nothing happens.

    Args:
        variable: the value to differentiate.
        deriv: the derivative by that value that the pass starts from.
    """
    leaves: list[Variable] = []
    derivatives: list[Any] | None = None
    if sweep is not None and type(deriv) is float and not is_constant(variable):
        derivatives = sweep([variable], [deriv], leaves, 0, TO_THE_LEAVES)
    if derivatives is None:
        order = topological_sort(variable)
        leaves = [x for x in order if x.is_leaf]
        derivatives = backward_pass(order, {variable.unique_id: deriv}, leaves)
    add_derivatives(leaves, derivatives)


def backward_pass(
    order: Iterable[Variable], adjoints: dict[int, Any], variables: Sequence[Variable], as_variables: bool = False
) -> list[Any]:
    """Return the derivatives of any number of outputs, added up, by a reverse pass.

    Args:
        order: Variables in topological order, from the outputs on.
        adjoints: the derivative by each output, by its `unique_id`; it is used up.
        variables: those whose derivatives are returned.
        as_variables: whether to record the pass itself.
    """
    if array_passes:
        return array_passes[0](run_pass, order, adjoints, variables, as_variables)
    return run_pass(order, adjoints, variables, as_variables)


def run_pass(
    order: Iterable[Variable], adjoints: dict[int, Any], variables: Sequence[Variable], as_variables: bool
) -> list[Any]:
    """Run a reverse pass, whatever its Variables are."""
    wanted = {variable.unique_id for variable in variables}
    derivatives: dict[int, Any] = {}
    for node in order:
        d_node = adjoints.pop(node.unique_id, None)
        if d_node is None:
            continue
        if node.unique_id in wanted:
            derivatives[node.unique_id] = d_node
        contributions = recorded_vjp_contributions(node, d_node) if as_variables else vjp_contributions(node, d_node)
        for variable, contribution in contributions:
            try:
                key = variable.unique_id
            except AttributeError:
                raise partly_set(node.place, function_name(node)) from None
            adjoints[key] = adjoints[key] + contribution if key in adjoints else contribution
    return [derivatives.get(variable.unique_id, 0.0) for variable in variables]


def vjp_contributions(node: Variable, d_node: Any) -> Sequence[tuple[Variable, Any]]:
    """Return each Variable that a value was made from with its contribution to the derivative, by the chain rule."""
    left = node.first_parent
    if left is None:
        if isinstance(node.creator, type):
            raise partly_set(node.place, function_name(node))
        history = None if node.is_leaf else node.history
        return () if history is None else history.backprop_step(d_node)
    if type(left) is tuple:
        if type(node.first_partial) is dict:
            function: Any = node.creator
            shares: Sequence[tuple[Variable, Any]] = function.vjp_contributions(node, d_node)
            return shares
        pairs = zip(left, node.first_partial, strict=True)
        return [(x, d_node * partial) for x, partial in pairs if partial is not None]
    first_partial, second_partial = node.first_partial, node.second_partial
    if second_partial is None:
        return ((left, d_node * first_partial),)
    if first_partial is None:
        return ((node.second_parent, d_node * second_partial),)
    return (left, d_node * first_partial), (node.second_parent, d_node * second_partial)


def recorded_vjp_contributions(node: Variable, d_node: Any) -> Sequence[tuple[Variable, Any]]:
    """Return what `vjp_contributions` does, computed by operations on Variables."""
    if node.first_parent is not None and not isinstance(node.creator, History):
        function: Any = node.creator
        contributions: Sequence[tuple[Variable, Any]] = function.recorded_chain_rule(parents_of(node), node, d_node)
        return contributions
    if isinstance(node.creator, type):
        raise partly_set(node.place, function_name(node))
    history = node.history
    if history is None or history.last_fn is None:
        return []
    return history.last_fn.recorded_chain_rule(history.inputs or (), node, d_node)

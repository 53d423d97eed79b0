"""Sheetformer in one evening: attention becomes a spreadsheet, proven right cell by cell."""

# %% [markdown]
# # The program
# Attention is easy to follow in a spreadsheet: every number can be clicked and traced. But who
# writes a hundred formulas by hand, and who believes them? So we write the maths once, in NumPy,
# and let it write the sheet. Then a real spreadsheet engine works the sheet out, and every cell is
# held against NumPy. This is the maths (Vaswani et al. 2017, equation 1).

# %%
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import numpy as np
from ironcalc import load_from_xlsx
from xlsxwriter import Workbook, utility


def attention(q: Any, k: Any, v: Any) -> Any:
    """What each query finds: q (n, d), k (m, d), v (m, d_v) → (n, d_v)."""
    scores = q @ k.T / np.sqrt(q.shape[-1])  # (n, m): how well query and key fit
    powers = np.exp(scores - np.max(scores, axis=-1, keepdims=True))  # (n, m): at most 1
    weights = powers / np.sum(powers, axis=-1, keepdims=True)  # (n, m): each row sums to 1
    return weights @ v  # (n, m) @ (m, d_v)


Q = np.array([[1.0, 0.0, 2.0, -1.0], [0.5, 1.5, 0.0, 1.0]])  # (2, 4): two words that ask
K = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 2.0, 1.0, 0.5], [-1.0, 0.0, 1.0, 2.0]])  # (3, 4)
V = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]])  # (3, 2): three words that answer
print("NumPy says", attention(Q, K, V).round(3).tolist())

# %% [markdown]
# # A formula is a tree, and an operation is one row
# Text glued to text goes wrong at the first forgotten parenthesis. So a formula is a small tree,
# and one printer turns it into text. Its leaves are rectangles of cells: first row, first column,
# last row, last column, from 0. And all that anybody wants to know of an operation stands in one
# row of `OPS`: its value by NumPy, what a cell of the result reads, and the formula over that.


# %%
@dataclass(frozen=True)
class Call:
    """A spreadsheet function, or an operator, and what it is applied to: leaves and calls."""

    name: str
    arguments: tuple[Any, ...]


def printed(tree: Any, within: bool = False) -> str:
    """A formula as text; `within` says that an operator stands around it."""
    if not isinstance(tree, Call):
        return utility.xl_range(*tree)
    if tree.name in ("+", "-", "*", "/"):
        text = tree.name.join(printed(part, within=True) for part in tree.arguments)
        return f"({text})" if within else text
    return f"{tree.name}({','.join(printed(part) for part in tree.arguments)})"


def dot(a: tuple[int, ...], b: tuple[int, ...]) -> Call:
    """The sum of products of two lines of cells, each of which is a row or a column."""
    if (a[0] == a[2]) == (b[0] == b[2]):  # two rows, or two columns
        return Call("SUMPRODUCT", (a, b))
    return Call("MMULT", (a, b) if a[0] == a[2] else (b, a))  # a row times a column


# %%
READS = {
    "cell": lambda i, j, *operands: [x[i, j : j + 1] for x in operands],
    "row": lambda i, _j, x: [x[i]],
    "row, column": lambda i, j, a, b: [a[i], b[:, j]],
}
OPS = {
    "add": (np.add, "cell", lambda a, b: Call("+", (a, b))),
    "subtract": (np.subtract, "cell", lambda a, b: Call("-", (a, b))),
    "divide": (np.divide, "cell", lambda a, b: Call("/", (a, b))),
    "exp": (np.exp, "cell", lambda a: Call("EXP", (a,))),
    "max": (lambda x: x.max(axis=-1, keepdims=True), "row", lambda a: Call("MAX", (a,))),
    "sum": (lambda x: x.sum(axis=-1, keepdims=True), "row", lambda a: Call("SUM", (a,))),
    "matmul": (np.matmul, "row, column", dot),
}

# %% [markdown]
# # A graph of nodes, and an array of ids
# A frozen node says what is computed, of which elements, and keeps the float64 value by NumPy: the
# referee. Elements are numbered through the whole graph; those of a node begin at its `base`. Here
# is the heart: an `Array` only says *which elements* it is made of. So whatever just moves numbers
# (transpose, slice, reshape, concatenate, broadcast) is NumPy's own function on ids: no node, no
# cell, no formula. What computes adds a node; NumPy itself hands `x - y` and `np.max(x)` to us.


# %%
@dataclass(frozen=True, eq=False)
class Node:
    """One step of the program: a row of OPS, or an input."""

    op: str
    inputs: tuple[np.ndarray, ...]  # the ids that it reads
    value: np.ndarray  # (rows, columns)
    base: int


class Array(np.lib.mixins.NDArrayOperatorsMixin):
    """Behaves as a NumPy matrix, and writes down in `nodes` what is done with it."""

    T = property(lambda self: Array(self.nodes, self.ids.T))

    def __init__(self, nodes: list[Node], ids: np.ndarray) -> None:
        self.nodes, self.ids, self.shape = nodes, ids, ids.shape

    def __getitem__(self, key: Any) -> "Array":
        return Array(self.nodes, np.atleast_2d(self.ids[key]))

    def __array_ufunc__(self, ufunc: Any, _method: str, *operands: Any) -> "Array":
        return compute(self.nodes, ufunc.__name__, operands)

    def __array_function__(self, function: Any, _types: Any, operands: Any, how: Any) -> "Array":
        assert how == {"axis": -1, "keepdims": True}, "this toy goes along rows only"
        return compute(self.nodes, function.__name__, operands)


def compute(nodes: list[Node], op: str, operands: tuple[Any, ...]) -> Array:
    """A node that computes; a plain number among the operands becomes an input, too."""
    ids = [(x if isinstance(x, Array) else append(nodes, "input", (), x)).ids for x in operands]
    value, reads, _ = OPS[op]
    ids = np.broadcast_arrays(*ids) if reads == "cell" else ids  # one id, read by many cells
    numbers = np.concatenate([node.value.ravel() for node in nodes])
    return append(nodes, op, tuple(ids), value(*(numbers[x] for x in ids)))


def append(nodes: list[Node], op: str, inputs: tuple[np.ndarray, ...], value: Any) -> Array:
    """A new node, as an array of its elements."""
    value = np.array(value, dtype=np.float64, ndmin=2)
    base = nodes[-1].base + nodes[-1].value.size if nodes else 0
    nodes.append(Node(op, inputs, value, base))
    return Array(nodes, base + np.arange(value.size).reshape(value.shape))


def record(*inputs: np.ndarray) -> list[Node]:
    """The graph of our program, which notices nothing."""
    nodes: list[Node] = []
    attention(*[append(nodes, "input", (), numbers) for numbers in inputs])
    return nodes


graph = record(Q, K, V)
print(*(f"{node.op} {node.value.shape}" for node in graph), sep=", ")  # k.T is not among them

# %% [markdown]
# # Telling and places make a book
# What a step is called and means is for people: it stands beside the graph, by the node's number,
# and another telling (a language, say) changes no result. Blocks stand one under another, words
# above each; where an element stands is *computed* from where its node begins. A book is then
# just cells: words, numbers and trees. Same graph and telling, same book.

# %%
TELLING = {
    0: ("q", "What each word looks for."),
    1: ("k", "What each word can be found by."),
    2: ("v", "What each word gives when it is found."),
    10: ("weights", "How much each query takes from each word."),
    11: ("result", "The values, mixed by the weights."),
}
Book = dict[tuple[int, int], Any]  # by row and column


def cell(nodes: list[Node], element: int) -> tuple[int, int]:
    """The row and column of an element."""
    place = bisect_right([node.base for node in nodes], element) - 1
    top = sum(len(node.value) + 2 for node in nodes[:place]) + 1
    row, column = divmod(element - nodes[place].base, nodes[place].value.shape[1])
    return top + row, column + 1


def rectangle(nodes: list[Node], elements: np.ndarray) -> tuple[int, ...]:
    """Where elements stand, if they fill a rectangle in their order."""
    cells = [cell(nodes, element) for element in elements.tolist()]
    (top, left), (bottom, right) = cells[0], cells[-1]
    if cells != [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]:
        raise ValueError("these elements stand apart; add 0 to them, and they become a block")
    return top, left, bottom, right


def build(nodes: list[Node], telling: dict[int, tuple[str, str]]) -> Book:
    """What stands in each cell."""
    book: Book = {}
    for place, node in enumerate(nodes):
        top, left = cell(nodes, node.base)
        book[top - 1, 0], book[top - 1, 1] = telling.get(place, (node.op, ""))
        for (i, j), number in np.ndenumerate(node.value):
            book[top + i, left + j] = number
            if node.op != "input":
                _, reads, formula = OPS[node.op]
                runs = READS[reads](i, j, *node.inputs)
                book[top + i, left + j] = formula(*(rectangle(nodes, run) for run in runs))
    return book


book = build(graph, TELLING)
print(*[f"={printed(book[cell(graph, node.base)])}" for node in graph if node.inputs], sep="  ")

# %% [markdown]
# # The proof
# With every formula the file stores a wrong result, -99: an engine that believes files instead of
# calculating is found out. IronCalc calculates, and we compare every cell, not just the last ones.


# %%
def recalculate(book: Book) -> Book:
    """What IronCalc finds in each cell."""
    with Workbook("idea.xlsx", {"strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        for where, content in book.items():
            if isinstance(content, Call):
                sheet.write_formula(*where, f"={printed(content)}", None, -99)
            else:
                sheet.write(*where, content)
    model = load_from_xlsx("idea.xlsx")
    model.evaluate()
    return {(row, column): model.get_cell_value(0, row + 1, column + 1) for row, column in book}


def compare(found: Book, nodes: list[Node]) -> list[float]:
    """How far each element is from NumPy: infinitely, where its cell holds no number."""
    numbers = np.concatenate([node.value.ravel() for node in nodes])
    pairs = [(found[cell(nodes, element)], number) for element, number in enumerate(numbers)]
    return [abs(y - x) if isinstance(y, float) else np.inf for y, x in pairs]


print("Largest difference:", max(compare(recalculate(book), graph)))

# %% [markdown]
# Would we notice a mistake? Let the first maximum read the wrong row. Softmax is the same whatever
# is subtracted, so weights and result stay right: only comparing every cell finds it. And a sheet
# must hold for other numbers than today's, so at last we change the first number of q.

# %%
wrong = Call("MAX", (rectangle(graph, graph[6].inputs[0][1]),))
off = compare(recalculate(book | {cell(graph, graph[6].base): wrong}), graph)
print("Found wrong:", [x.op for x in graph if max(off[x.base :][: x.value.size]) > 1e-9])
changed = record(np.vstack([[3.0, 0.0, 2.0, -1.0], Q[1]]), K, V)
print("After a change:", max(compare(recalculate(book | {cell(graph, 0): 3.0}), changed)))

# %% [markdown]
# # The real house
# Each part has a room in `src/sheetformer`: nodes, ids and rows of operations in `graph/`, tellings
# in `story/`, places and `build` in `book/`, trees, printer and a parser in `formula/`, xlsx, page
# and text in `writers/`, IronCalc, LibreOffice and the comparison in `engines/`. It adds labels,
# tensors of many axes, gradients, array formulas, lessons and recorded PyTorch. Now open
# `idea.xlsx` (in LibreOffice press Ctrl+Shift+F9: it believes the -99), and add `np.tanh` to OPS.

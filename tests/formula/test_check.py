"""What a reader may type as a formula, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetformer.errors import EditError
from sheetformer.formula.check import LONGEST, BookNames, read_formula

BOOK = BookNames(["Words", "Bob's", "Über"], {"Q_": False, "d_k": True})


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("1 + 2*3", "1+2*3"),
        ("sum( a1:$b$2 , 3)", "SUM(A1:$B$2,3)"),
        ("q_", None),
        ("SUM(q_)", "SUM(Q_)"),
        ("D_K^-2", "d_k^(-2)"),
        ("SUMPRODUCT(Q_*Q_)", "SUMPRODUCT(Q_*Q_)"),
        ("SUMPRODUCT(EXP(Q_))", "SUMPRODUCT(EXP(Q_))"),
        ("SUM(Q_*2)", None),
        ("SUM(EXP(A1:A3))", None),
        ("IF(A1:A3>1,1,0)", None),
        ('words!A1&"b"', 'Words!A1&"b"'),
        ("'bob''s'!A1", "'Bob''s'!A1"),
        ("über!A1", "'Über'!A1"),
        ("1e9", "1000000000"),
        ("1e25", "1E+25"),
        ("50%", "50%"),
        ("TRUE", "TRUE"),
        ('"a""b"', '"a""b"'),
        ('"a\nb"&1', '"a"&CHAR(10)&"b"&1'),
        ('1&"a\nb"', '1&("a"&CHAR(10)&"b")'),
        ("((1))+(2*3)", "1+2*3"),
        ("sum(a1;2)", "SUM(A1,2)"),
        ('{1,-2;+3,"x"}', None),
        ("SUM({1,-2;+3,4})", "SUM({1,-2;3,4})"),
        ("SUM({1,2}*2)", None),
        ("IF(A1,,2)", "IF(A1,,2)"),
        ("SUM(1,)", "SUM(1,)"),
        ("IFERROR(#n/a,#DIV/0!)", "IFERROR(#N/A,#DIV/0!)"),
        ("Words!#REF!+SUM(#REF!:B2)", "#REF!+SUM(#REF!)"),
        ("_xlfn.STDEV.S(A1:A2)", "STDEV.S(A1:A2)"),
        ("SUM((A1:A3)*2)", None),
        ("SUM((A1:A3))", "SUM(A1:A3)"),
        ("COUNTIF(INDEX(Q_,0,1),1)", "COUNTIF(INDEX(Q_,0,1),1)"),
        ("MATCH(A1:A3,B1:B3,0)", None),
        ("SUMXMY2(A1:A3*2,B1:B3)", "SUMXMY2(A1:A3*2,B1:B3)"),
        ("ROW(A1:A3)", None),
        ("A1<>B1", "A1<>B1"),
        ("A1:A1*2", "A1:A1*2"),
    ],
)
def test_formulas(typed: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(EditError, match="single cell"):
            read_formula(typed, BOOK)
    else:
        assert read_formula(typed, BOOK) == written
        assert read_formula(written, BOOK) == written, "what was written reads as itself"


@pytest.mark.parametrize(
    "typed",
    [
        'HYPERLINK("http://example.org")',
        'WEBSERVICE("http://example.org")',
        'SUM(WEBSERVICE("x"))',
        "cmd|' /C calc'!A0",
        "[other.xlsx]Words!A1",
        "'[other.xlsx]Words'!A1",
        "'C:\\[x.xlsx]Words'!A1",
        'INDIRECT("A1")',
        'CALL("urlmon","x","y")',
        'RTD("x","","y")',
        "DDE(1,2,3)",
        "Sheet9!A1",
        "sheetformer!A1",
        "ZZZ1",
        "A0",
        "A1048577",
        "R1C1",
        "{1,2}",
        "{1,2;3}",
        "SUM({A1})",
        "SUM({1+1})",
        "SUM({-TRUE})",
        "SUM(COUNTIF({1,2},1))",
        "COUNTIF(A1:A3*1,2)",
        "SUM(#CIRC!)",
        "A1:Words!B2",
        "@A1",
        "A1#",
        "A1 B1",
        "A1:B2:C3",
        "A:A",
        "TRANSPOSE(Q_)",
        "SUM()",
        "PI(1)",
        "IF(1)",
        "(1",
        "1)",
        "1 2",
        "1+",
        "*1",
        "=1",
        "",
        '"open',
        "1E999",
        "LET(x,1,x)",
        "LAMBDA(x,x)(1)",
        "_xlfn.WEBSERVICE(1)",
        "SUM" + "(" * 60 + "1" + ")" * 60,
        "1+" * 3_000 + "1",
        "A1\x00",
        "１+１",
    ],
)
def test_refused(typed: str) -> None:
    with pytest.raises(EditError):
        read_formula(typed, BOOK)


def test_a_near_name_is_told() -> None:
    with pytest.raises(EditError, match="SQRT"):
        read_formula("SQRTT(4)", BOOK)
    with pytest.raises(EditError, match="Q_"):
        read_formula("QQ_", BOOK)


def test_a_wrong_number_of_arguments_tells_what_a_function_does() -> None:
    message = r"MOD takes 2 arguments \(it gives what is left of a division; .*\), not 1"
    with pytest.raises(EditError, match=message):
        read_formula("MOD(1)", BOOK)
    with pytest.raises(EditError, match=r"ABS takes 1 argument \("):
        read_formula("ABS()", BOOK)


def test_array_formulas_take_ranges_everywhere() -> None:
    typed = "mmult(Q_,transpose(Q_))/sqrt(d_k)"
    assert read_formula(typed, BOOK, array=True) == "MMULT(Q_,TRANSPOSE(Q_))/SQRT(d_k)"


def test_nothing_is_too_long_or_too_deep_for_the_reader() -> None:
    longest = "1" + "+1" * (LONGEST // 2 - 1)
    assert read_formula(longest, BOOK) == longest
    inner = "1+1"
    for _ in range(39):
        inner = f"1=1&1+1*1^({inner})"
    assert read_formula(inner, BOOK) == inner
    for deep in (f"({inner})^(" + "2^(" * 40 + "1" + ")" * 41, "-" * 41 + "1", "1" + "%" * 41):
        with pytest.raises(EditError, match="nested"):
            read_formula(deep, BOOK)


def test_a_calculation_where_only_cells_may_stand() -> None:
    with pytest.raises(EditError, match="COUNTIF looks at cells"):
        read_formula("COUNTIF(A1:A3*1,2)", BOOK, array=True)


@given(st.text(st.sampled_from("A1:$+-*/^()=,;{}#\"'!%&<>. Q_SUMIFe\n"), max_size=30))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    for array in (False, True):
        try:
            written = read_formula(typed, BOOK, array=array)
        except EditError:
            continue
        assert read_formula(written, BOOK, array=array) == written


def test_a_function_of_other_programs_is_not_taken_for_a_slip() -> None:
    with pytest.raises(EditError, match="OFFSET is a function of spreadsheet programs, but not"):
        read_formula("OFFSET(A1,1,1)", BOOK)
    with pytest.raises(EditError, match="did you mean 'SUM'"):
        read_formula("SUMM(A1)", BOOK)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("LET(scores,2,scores*3)", "LET(scores_,2,scores_*3)"),
        ("SUM(scores)+LET(scores,2,scores)", "SUM(scores)+LET(scores_,2,scores_)"),
        ("LET(Scores,LAMBDA(x,y,x+y),scores(1,2))", "LET(scores_,LAMBDA(x,y,x+y),scores_(1,2))"),
        ("SUM(MAP(scores,LAMBDA(scores,scores*2)))", "SUM(MAP(scores,LAMBDA(scores_,scores_*2)))"),
        ("LET(scores,1,scores_,2,scores+scores_)", "LET(scores__,1,scores_,2,scores__+scores_)"),
    ],
)
def test_what_let_names_is_no_name_of_the_book(typed: str, written: str) -> None:
    """IronCalc would take the book's, and a download would hold #VALUE!."""
    assert read_formula(typed, BookNames([], {"scores": False}), array=True) == written


def test_two_names_of_let_stay_two() -> None:
    book = BookNames([], {"x": True, "x_": True})
    assert read_formula("LET(x,1,x_,2,x+x_)", book, array=True) == "LET(x__,1,x___,2,x__+x___)"

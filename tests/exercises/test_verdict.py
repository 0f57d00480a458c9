"""A verdict in words, in HTML, and shown once."""

import html.parser

import pytest

from tlcourse.exercises.show import show
from tlcourse.exercises.verdict import STATUSES, Verdict

MESSAGE = "Seen: `x < 1`, and <b> too.\nIt means: little.\nLook at: `y`."


@pytest.mark.parametrize("status", STATUSES)
def test_icon_and_word_say_the_status_without_colour(status):
    verdict = Verdict("01.2", status, 0, 2, MESSAGE)
    icon, word, _ = STATUSES[status]
    assert str(verdict).startswith(f"{icon} {word} · exercise 01.2 · 0 of 2 points\nSeen: ")
    assert f">{icon}<" in verdict._repr_html_()
    assert f"<strong>{word}</strong>" in verdict._repr_html_()
    assert verdict.passed == (status == "passed")


def test_statuses_differ_in_icon_word_and_colour():
    for values in zip(*STATUSES.values(), strict=True):
        assert len(set(values)) == 4


def test_html_is_escaped_and_well_formed():
    page = Verdict("01.2", "wrong", 0, 2, MESSAGE)._repr_html_()
    assert "<strong>Seen:</strong> <code>x &lt; 1</code>, and &lt;b&gt; too." in page
    assert "<strong>It means:</strong> little." in page

    class Balance(html.parser.HTMLParser):
        open_tags = ()

        def handle_starttag(self, tag, attrs):
            self.open_tags += (tag,)

        def handle_endtag(self, tag):
            assert self.open_tags[-1] == tag
            self.open_tags = self.open_tags[:-1]

    balance = Balance()
    balance.feed(page)
    assert balance.open_tags == ()


def test_one_point_is_singular():
    assert "1 of 1 point\n" in str(Verdict("00.1", "passed", 1, 1, "Well done."))


def test_outside_ipython_it_is_printed(capsys):
    Verdict("01.2", "passed", 2, 2, "Fine.").display()
    assert capsys.readouterr().out == "✓ Passed · exercise 01.2 · 2 of 2 points\nFine.\n"


def test_in_a_notebook_the_rich_form_is_published(monkeypatch):
    import IPython
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda data, *, raw: shown.append((data, raw)))
    verdict = Verdict("01.2", "passed", 2, 2, "Fine.")
    verdict.display()
    assert shown == [({"text/plain": str(verdict), "text/html": verdict._repr_html_()}, True)]
    assert verdict._ipython_display_() is None
    assert len(shown) == 1
    show("a", {"text/markdown": "*a*"})
    assert shown[1] == ({"text/plain": "a", "text/markdown": "*a*"}, True)

"""Self-contained HTML pages: no scripts, nothing loaded, text escaped."""

import html
import re

from tlcourse.atomic import write_atomically

__all__ = ["as_prose", "as_text", "page", "save"]

# The browser then runs no script and loads nothing, even if something escapes the escaping.
_ALLOWED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
# Icons are black on the palette's colours: white has too little contrast on most of them.
_STYLE = """
:root { color-scheme: light dark; --page: #fff; --text: #1b1b1b; --soft: #5a5a5a;
  --line: #d9d9d9; --card: #f6f6f4; }
@media screen and (prefers-color-scheme: dark) { :root { --page: #15171a; --text: #e9e9e9;
  --soft: #a9adb3; --line: #3b3f45; --card: #1f2226; } }
body { margin: 0; background: var(--page); color: var(--text); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .2rem; }
p { margin: .45rem 0 0; }
.soft { color: var(--soft); }
.card { border: 1px solid var(--line); border-left: .4rem solid var(--colour); background:
  var(--card); border-radius: .3rem; padding: .8rem 1rem; margin: .9rem 0; }
.head { display: flex; gap: .7rem; }
.head p, h3 { margin: 0; }
.icon { flex: none; display: inline-block; width: 1.6em; height: 1.6em; line-height: 1.6em;
  border-radius: 50%; text-align: center; font-weight: bold; color: #000;
  background: var(--colour); }
.hint { border-top: 1px solid var(--line); margin-top: .7rem; padding-top: .6rem; }
code, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .92em; }
pre { margin: .5rem 0 0; padding: .7rem; overflow-x: auto; border: 1px solid var(--line);
  border-radius: .3rem; background: var(--page); }
details { margin-top: .6rem; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0;
  border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
a { color: inherit; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .6rem; }
@media print {
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .card, figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  .icon { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
"""


def page(title, body, *, style=""):
    """Make a complete HTML page; `body` is HTML, `title` plain text, `style` CSS."""
    return f"""<!DOCTYPE html>
<html lang="en"><head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_ALLOWED}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{as_text(title)}</title>
<style>{_STYLE}{style}</style>
</head><body><main>
{body}
</main></body>
</html>
"""


def save(path, text):
    """Write a page atomically."""
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def as_text(anything):
    """Make any text safe inside HTML: escape it, and drop characters that HTML forbids."""
    shown = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", str(anything))
    return html.escape(shown, quote=True)


def as_prose(anything):
    """Turn a line of text into HTML, with `code` in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", as_text(anything))

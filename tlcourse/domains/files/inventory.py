"""Inventory of real data: what exists, and what is on this machine."""

from tlcourse.domains.files.download import whole_form
from tlcourse.domains.files.registry import data_sets


def inventory():
    """Describe every real data set, without fetching anything.

    Returns:
        List of JSON-able dicts. `files` are those of the form that is present, else of the one
        that `fetch` tries first; `bytes` is their size, None if it is not published; `path`,
        `sha256`, `md5` and `checksum_from` are those of the first. A path is None if its file is
        missing; only one of `sha256` and `md5` is published. `urls` are the public addresses.
    """
    return [_described(data_set) for data_set in data_sets().values()]


def _described(data_set):
    form, folder = whole_form(data_set)
    files = [
        {
            "name": file.path,
            "path": str(folder / file.path) if form else None,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "md5": file.md5,
            "urls": list(file.urls),
            "checksum_from": file.checksum_from,
        }
        for file in form or data_set.forms[0]
    ]
    sizes = [file["bytes"] for file in files]
    return {
        "name": data_set.name,
        "title": data_set.title,
        "licence": data_set.licence,
        "citation": data_set.citation,
        "home": data_set.home,
        "urls": [url for file in data_set.forms[0] for url in file.urls],
        "bytes": None if None in sizes else sum(sizes),
        "present": form is not None,
        **{key: files[0][key] for key in ("path", "sha256", "md5", "checksum_from")},
        "files": files,
    }

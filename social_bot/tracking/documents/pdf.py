"""A report as a tagged PDF (PDF/UA-1): read aloud in order, with headings, tables and its language."""

from typing import Any

from social_bot.errors import NotReady


def render_pdf(html: str) -> bytes:
    """Raises ``NotReady`` naming what is to be installed."""
    written: bytes = _weasyprint().HTML(string=html, url_fetcher=_refuse).write_pdf(pdf_variant="pdf/ua-1")
    return written


def _weasyprint() -> Any:
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra, slow to load
    except ImportError as error:
        raise NotReady(
            "A PDF needs the Python package WeasyPrint. Ask who maintains the installation to run:"
            ' pip install "social-bot[pdf]". Until then, choose another form.'
        ) from error
    except OSError as error:  # the libraries that WeasyPrint loads
        raise NotReady(
            "A PDF needs the system library Pango. Ask who maintains the installation to run on Debian or Ubuntu:"
            " apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. Until then, choose another form."
        ) from error
    return weasyprint


def _refuse(url: str, **_: object) -> Any:
    """A report loads nothing, from no disk and no network."""
    raise ValueError(f"a report may not load {url}")

"""Every page says which language it is in, for those who hear it read."""

from typing import Any


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Put the language of a page in place of the theme's."""
    language = "ko" if page.file.src_uri.startswith("ko/") else "en-GB"
    return output.replace('<html lang="en"', f'<html lang="{language}"', 1)

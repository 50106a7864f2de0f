"""Pictures of posts: taken in once, kept under the name of their content's hash."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from social_bot.channels.ports import Picture
from social_bot.errors import InvalidInput, NotFound
from social_bot.planning.posts import PostContent, PostPicture

SIZE_LIMIT = 4 * 1024 * 1024
"""What Facebook takes from every publisher: https://developers.facebook.com/docs/graph-api/reference/page/photos"""

_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "image/png", ".png"), (b"\xff\xd8\xff", "image/jpeg", ".jpg"))


class Media:
    """The folder of pictures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take_in(self, path: Path, *, alt: Mapping[str, str], is_decorative: bool = False) -> PostPicture:
        """Copy a picture into the folder. Raises ``InvalidInput`` when Facebook would not take it."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InvalidInput(
                'The picture "{path}" cannot be read: {reason}.', path=path, reason=error.strerror
            ) from error
        if len(content) > SIZE_LIMIT:
            raise InvalidInput(
                'The picture "{path}" is larger than 4 MB. Make it smaller and try again.', path=path
            )
        for signature, media_type, suffix in _SIGNATURES:
            if content.startswith(signature):
                name = hashlib.sha256(content).hexdigest() + suffix
                self._folder.mkdir(parents=True, exist_ok=True)
                (self._folder / name).write_bytes(content)
                return PostPicture(
                    file=name, media_type=media_type, alt=dict(alt), is_decorative=is_decorative
                )
        raise InvalidInput('The picture "{path}" is neither a JPEG nor a PNG file.', path=path)

    def load(self, content: PostContent) -> list[Picture]:
        """The pictures of a post as they are sent. Raises ``NotFound`` when a file is gone."""
        return [self._load(part, content.alt_text(part)) for part in content.pictures]

    def path(self, file: str) -> Path:
        return self._folder / Path(file).name

    def _load(self, picture: PostPicture, alt_text: str) -> Picture:
        try:
            content = self.path(picture.file).read_bytes()
        except OSError as error:
            raise NotFound("A picture of this post is missing from the media folder.") from error
        return Picture(
            file_name=picture.file, media_type=picture.media_type, content=content, alt_text=alt_text
        )

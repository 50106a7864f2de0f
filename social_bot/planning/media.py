"""Pictures of posts: taken in once, kept under the name of their content's hash."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from social_bot.channels.ports import Picture
from social_bot.errors import InvalidInput, NotFound
from social_bot.planning.picture_files import SIZE_LIMIT, Prepared, measure, prepare
from social_bot.planning.posts import PostContent, PostPicture

_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "image/png", ".png"), (b"\xff\xd8\xff", "image/jpeg", ".jpg"))


class Media:
    """The folder of pictures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take_in(self, path: Path, *, alt: Mapping[str, str], is_decorative: bool = False) -> PostPicture:
        """Take a picture into the folder. Raises ``InvalidInput`` when Facebook would not take it."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InvalidInput(
                'The picture "{path}" cannot be read: {reason}.', path=path, reason=error.strerror
            ) from error
        try:
            prepared = prepare(content, name=str(path))
        except InvalidInput:
            name, media_type = self._keep_as_it_is(content, path)
        else:
            name, media_type = self.keep(prepared), prepared.media_type
        return PostPicture(file=name, media_type=media_type, alt=dict(alt), is_decorative=is_decorative)

    def keep(self, prepared: Prepared) -> str:
        """The name of the file; the same picture is kept once."""
        return self._write(prepared.content, prepared.suffix)

    def load(self, content: PostContent) -> list[Picture]:
        """The pictures of a post as they are sent. Raises ``NotFound`` when a file is gone."""
        return [self._load(part, content.alt_text(part)) for part in content.pictures]

    def path(self, file: str) -> Path:
        return self._folder / Path(file).name

    def measure(self, file: str) -> Prepared | None:
        """The facts of a file; None where it is gone or cannot be read."""
        try:
            return measure(self.path(file).read_bytes())
        except OSError:
            return None

    def remove(self, file: str) -> None:
        self.path(file).unlink(missing_ok=True)

    def _keep_as_it_is(self, content: bytes, path: Path) -> tuple[str, str]:
        """A file that names itself a picture and cannot be opened: kept, so that the checks can name it."""
        if len(content) > SIZE_LIMIT:
            raise InvalidInput(
                'The picture "{path}" is larger than 4 MB. Make it smaller and try again.', path=path
            )
        for signature, media_type, suffix in _SIGNATURES:
            if content.startswith(signature):
                return self._write(content, suffix), media_type
        raise InvalidInput('The picture "{path}" is neither a JPEG nor a PNG file.', path=path)

    def _write(self, content: bytes, suffix: str) -> str:
        name = hashlib.sha256(content).hexdigest() + suffix
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self.path(name).exists():
            self.path(name).write_bytes(content)
        return name

    def _load(self, picture: PostPicture, alt_text: str) -> Picture:
        try:
            content = self.path(picture.file).read_bytes()
        except OSError as error:
            raise NotFound("A picture of this post is missing from the media folder.") from error
        return Picture(
            file_name=picture.file, media_type=picture.media_type, content=content, alt_text=alt_text
        )

"""A picture as somebody hands it in becomes one that may be published: turned upright, stripped, resized.

What a camera adds (place, time, device) never leaves the house; only the pixels are kept.
"""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from PIL.Image import DecompressionBombError, DecompressionBombWarning

from social_bot.errors import InvalidInput

UPLOAD_LIMIT = 20 * 1024 * 1024
SIZE_LIMIT = 4 * 1024 * 1024
"""What Facebook takes from every publisher: https://developers.facebook.com/docs/graph-api/reference/page/photos"""

LONGEST_SIDE = 2048
"""Facebook makes larger ones smaller itself, and worse."""

PIXELS_LIMIT = 60_000_000
PNG_BLURS_ABOVE = 1024 * 1024
"""A larger PNG file looks pixelated on Facebook, by the same page."""

_FORMATS = ("JPEG", "PNG")  # what many phones call MPO opens as a JPEG


@dataclass(frozen=True, kw_only=True)
class Prepared:
    content: bytes
    media_type: str
    width: int
    height: int
    seems_text: bool

    @property
    def suffix(self) -> str:
        return ".png" if self.media_type == "image/png" else ".jpg"


def prepare(content: bytes, *, name: str) -> Prepared:
    """Raises ``InvalidInput`` for what is no picture, or none that can be shown; ``name`` is for the sentence."""
    if len(content) > UPLOAD_LIMIT:
        raise InvalidInput(
            'The picture "{path}" is larger than {most} MB. Make it smaller and try again.',
            path=name,
            most=UPLOAD_LIMIT // 1024**2,
        )
    upright = _open(content, name)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    file, media_type = _encode(upright)
    if len(file) > SIZE_LIMIT:  # pragma: no cover  (2048 pixels of noise at this quality are smaller)
        raise InvalidInput('The picture "{path}" cannot be made small enough. Choose another one.', path=name)
    return Prepared(
        content=file,
        media_type=media_type,
        width=upright.width,
        height=upright.height,
        seems_text=seems_text(upright),
    )


def measure(content: bytes) -> Prepared | None:
    """The facts of a file as it is; None for what cannot be read."""
    try:
        image = _open(content, "")
    except InvalidInput:
        return None
    media_type = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    return Prepared(
        content=content,
        media_type=media_type,
        width=image.width,
        height=image.height,
        seems_text=seems_text(image),
    )


def _open(content: bytes, name: str) -> Image.Image:
    """The pixels, upright, in sRGB. Nothing of the file's other contents goes along."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as probe:
            is_bomb = probe.width * probe.height > PIXELS_LIMIT
            probe.verify()
        if not is_bomb:
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                image.load()
                return _in_srgb(ImageOps.exif_transpose(image))
    except (DecompressionBombError, DecompressionBombWarning):
        pass
    except UnidentifiedImageError as error:
        raise InvalidInput('The picture "{path}" is neither a JPEG nor a PNG file.', path=name) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise InvalidInput(
            'The picture "{path}" is broken and cannot be opened. Save it again and try once more.', path=name
        ) from error
    raise InvalidInput('The picture "{path}" has too many pixels. Make it smaller.', path=name)


def _in_srgb(image: Image.Image) -> Image.Image:
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, source, srgb, outputMode=mode) or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that cannot be read: the colours are taken as they are
    converted = image.convert("RGBA" if has_alpha else "RGB")
    clean = Image.new(converted.mode, converted.size)
    clean.paste(converted)
    return clean


def _encode(image: Image.Image) -> tuple[bytes, str]:
    """PNG for drawings, which stay sharp; JPEG for what would be a large PNG. Transparent becomes white."""
    colours = image.getcolors(maxcolors=4096)
    if colours is not None or image.mode == "RGBA":
        png = _saved(image, "PNG", optimize=True)
        if len(png) <= PNG_BLURS_ABOVE:
            return png, "image/png"
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    for quality in (88, 80, 70):
        jpeg = _saved(flat, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(jpeg) <= SIZE_LIMIT:
            break
    return jpeg, "image/jpeg"


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


_LOOK_WIDTH = 640
_STRONG = 60
_FEWEST_STROKES = 14
_LINE_HEIGHTS = (4, 90)


def seems_text(image: Image.Image) -> bool:
    """Whether rows of the picture look like lines of writing: many strong strokes, in bands with calm between.

    A cheap guess for a warning. Leaves and gravel stroke every row alike and make no bands.
    """
    grey = image.convert("L")
    grey = grey.resize((_LOOK_WIDTH, max(1, round(grey.height * _LOOK_WIDTH / grey.width))))
    pixels = np.asarray(grey, dtype=np.int16)
    steps = pixels[:, 2:] - pixels[:, :-2]
    signs = np.where(steps > _STRONG, 1, np.where(steps < -_STRONG, -1, 0))
    strokes = [_alternations(row) for row in signs]
    return _lines(strokes) > 0


def _alternations(row: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> int:
    """How often a row turns from strongly darker to strongly brighter and back: each stroke of a letter does."""
    turns = row[row != 0]
    return int(np.count_nonzero(np.diff(turns))) + 1 if turns.size else 0


def _lines(strokes: list[int]) -> int:
    lowest, highest = _LINE_HEIGHTS
    count, height = 0, 0
    for number in [*strokes, 0]:
        if number >= _FEWEST_STROKES:
            height += 1
            continue
        if lowest <= height <= highest:
            count += 1
        height = 0
    return count

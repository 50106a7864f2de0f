"""The pictures of posts, for who may see the posts."""

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from social_bot.errors import NotFound
from social_bot.web.visits import Staff

_CACHED = {"Cache-Control": "private, max-age=86400"}

routes = APIRouter()


@routes.get("/media/{file}")
def picture(file: str, visit: Staff) -> Response:
    path = visit.site.bot.media.path(file)
    if not path.is_file():
        raise NotFound("This picture is not in the media folder.")
    return FileResponse(path, headers=_CACHED)

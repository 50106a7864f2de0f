"""JSON for scripts on this machine: add a Page, switch faults, write as a resident, look."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from ipaddress import ip_address
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, HTTPException, Request

from social_bot.errors import InvalidInput, NotFound
from social_bot.practice.faults import Fault
from social_bot.practice.stage import Stage

Text = Annotated[str, Body()]
MaybeText = Annotated[str | None, Body()]


def control_routes(stage: Stage) -> APIRouter:
    router = APIRouter(prefix="/control", dependencies=[Depends(_only_from_this_machine)])

    @router.put("/pages/{page_id}")
    def add_page(
        page_id: str, name: Text, token: Text, followers: Annotated[int, Body()] = 250
    ) -> dict[str, str]:
        stage.add_page(page_id, name, token, followers=followers)
        return {"id": page_id}

    @router.get("/pages/{page_id}/fault")
    def read_fault(page_id: str) -> dict[str, Any]:
        with _as_http():
            return stage.fault(page_id).to_json()

    @router.put("/pages/{page_id}/fault")
    def set_fault(page_id: str, values: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        with _as_http():
            fault = Fault.from_json(values)
            stage.set_fault(page_id, fault)
        return fault.to_json()

    @router.post("/pages/{page_id}/residents/{psid}/messages")
    def write(
        page_id: str,
        psid: str,
        text: MaybeText = None,
        payload: MaybeText = None,
        attachment: MaybeText = None,
    ) -> dict[str, str]:
        with _as_http():
            return {
                "mid": stage.write_as_resident(
                    page_id, psid, text=text, payload=payload, attachment=attachment
                )
            }

    @router.get("/pages/{page_id}/residents/{psid}/messages")
    def conversation(page_id: str, psid: str) -> list[dict[str, Any]]:
        return [asdict(message) for message in stage.conversation(page_id, psid)]

    @router.post("/pages/{page_id}/residents/{psid}/comments")
    def comment(page_id: str, psid: str, object_id: Text, text: Text) -> dict[str, str]:
        with _as_http():
            return {"id": stage.comment_as_resident(page_id, psid, object_id=object_id, text=text)}

    @router.get("/pages/{page_id}/posts")
    def posts(page_id: str) -> list[dict[str, Any]]:
        return [asdict(post) for post in stage.posts(page_id)]

    return router


@contextmanager
def _as_http() -> Iterator[None]:
    """Our errors as answers of HTTP."""
    try:
        yield
    except NotFound as error:
        raise HTTPException(404, str(error)) from error
    except InvalidInput as error:
        raise HTTPException(422, str(error)) from error


def _only_from_this_machine(request: Request) -> None:
    """Both ends must be this machine: a proxy in front shows in the Host, and so does a rebound name."""
    caller = request.client.host if request.client else ""
    if not (_is_loopback(caller) and _is_loopback(request.url.hostname or "")):
        raise HTTPException(403, "The control of the practice Page answers only on this machine.")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

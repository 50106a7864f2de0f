"""The practice Page as a person sees it."""

from pathlib import Path

from fastapi import APIRouter
from starlette.staticfiles import StaticFiles

from social_bot.practice.stage import Stage


def static_files() -> StaticFiles:
    return StaticFiles(directory=Path(__file__).parent / "static")


def view_routes(stage: Stage) -> APIRouter:
    return APIRouter()

// Posts of the calendar may be dragged to another day; "Move…" does the same without this script.
"use strict";
{
  let dragged = null;
  const entryOf = (event) => event.target.closest && event.target.closest("[data-moves]");
  const dayOf = (event) => dragged && event.target.closest && event.target.closest("[data-day]");
  const unmark = () => document.querySelectorAll(".over").forEach((day) => day.classList.remove("over"));

  document.addEventListener("pointerdown", (event) => {
    const entry = event.pointerType === "mouse" && entryOf(event);
    if (entry) entry.draggable = true;
  });
  document.addEventListener("dragstart", (event) => {
    dragged = entryOf(event);
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.post);
    dragged.querySelector("a").focus(); // what has the focus is not made fresh meanwhile
  });
  document.addEventListener("dragover", (event) => {
    const day = dayOf(event);
    unmark();
    if (!day) return;
    event.preventDefault();
    day.classList.add("over");
  });
  document.addEventListener("dragend", () => { dragged = null; unmark(); });
  document.addEventListener("drop", (event) => {
    const day = dayOf(event);
    if (!day || day.contains(dragged)) return;
    event.preventDefault();
    const { post, time, moves } = dragged.dataset;
    const form = document.getElementById("drag");
    if (moves === "asks") {
      const asked = new URLSearchParams({ day: day.dataset.day, back: form.elements.back.value });
      location.assign(`/posts/${post}/move?${asked}`);
      return;
    }
    form.action = `/posts/${post}/move`;
    form.elements.day.value = day.dataset.day;
    form.elements.time.value = time;
    form.submit();
  });

  // After a move: the focus is on the post, and what was done is said aloud.
  const moved = /^#post-\d+$/.test(location.hash) && document.querySelector(`${location.hash} a`);
  if (moved) addEventListener("load", () => setTimeout(() => moved.focus())); // after the browser's own jump to it
  const notice = document.querySelector(".notice[role=status]");
  if (notice) {
    const said = [...notice.childNodes];
    notice.replaceChildren();
    setTimeout(() => notice.replaceChildren(...said), 150);
  }
}

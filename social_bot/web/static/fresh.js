// Keeps the marked part of a page fresh; without this script one reloads by hand.
"use strict";
setInterval(async () => {
  const shown = document.querySelector("[data-fresh]");
  const busy = shown && (shown.contains(document.activeElement) || shown.querySelector("details[open]"));
  if (!shown || busy || document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-fresh]");
  if (fresh) { shown.replaceWith(fresh); document.title = page.title; } else location.reload();
}, 15000);

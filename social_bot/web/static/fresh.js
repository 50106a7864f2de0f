// Keeps the marked part of a page fresh, and says what is new; without this script one reloads by hand.
"use strict";
setInterval(async () => {
  const shown = document.querySelector("[data-fresh]");
  if (!shown || document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-fresh]");
  if (!fresh) { if (!document.querySelector("textarea")) location.reload(); return; }
  tell(shown, fresh);
  const busy = shown.contains(document.activeElement) || shown.querySelector("details[open], dialog[open]");
  if (busy) { shown.dataset.waiting = fresh.dataset.waiting || ""; return; }
  shown.replaceWith(fresh);
  document.title = page.title;
  document.dispatchEvent(new Event("refreshed"));
}, 15000);

// A line for eyes and screen readers alike: how many wait now that did not wait before.
function tell(shown, fresh) {
  const news = document.getElementById("news");
  if (!news || fresh.dataset.waiting === undefined) return;
  const known = new Set((shown.dataset.waiting || "").split(" "));
  const count = fresh.dataset.waiting.split(" ").filter((id) => id && !known.has(id)).length;
  if (count) news.textContent = count === 1 ? news.dataset.one : news.dataset.many.replace("#", count);
}

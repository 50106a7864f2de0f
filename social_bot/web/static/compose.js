// Keeps what is being written on the server, and shows the preview and the checks as they are now.
"use strict";
const form = document.querySelector("[data-compose]");
if (form) {
  const preview = form.querySelector("[data-preview]");
  const kept = form.querySelector("[data-kept]");
  const lost = form.querySelector("[data-lost]");
  let timer = null;
  let running = false;
  let changed = false;

  const keep = async () => {
    if (running) { timer = setTimeout(keep, 1000); return; }
    running = true;
    changed = false;
    const data = new FormData(form);
    data.delete("files");
    const answer = await fetch("/posts/compose/keep", { method: "POST", body: data, redirect: "manual" }).catch(() => null);
    running = false;
    const isKept = Boolean(answer && answer.ok);
    lost.hidden = isKept;
    if (!isKept) { changed = true; timer = setTimeout(keep, 15000); return; }
    const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!preview.contains(document.activeElement)) preview.replaceChildren(...shown.body.childNodes);
    kept.textContent = answer.headers.get("x-kept") ? decodeURIComponent(answer.headers.get("x-kept")) : "";
    history.replaceState(null, "", form.dataset.here);
  };

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 1500);
  });
  form.addEventListener("submit", () => { changed = false; clearTimeout(timer); });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// Keyboard shortcuts of the inbox: single keys, off on request (WCAG 2.1.4), never while one is writing.
"use strict";
(() => {
  const KEY = "shortcuts-off";
  const isOff = () => localStorage.getItem(KEY) === "1";
  const items = () => [...document.querySelectorAll("[data-item]")];
  const link = (item) => item && (item.querySelector("a.title") || item);

  const move = (step) => {
    const all = items();
    if (!all.length) return;
    const at = all.findIndex((item) => item.contains(document.activeElement));
    const next = link(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)]);
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const help = () => {
    const dialog = document.getElementById("shortcuts");
    const button = dialog && dialog.querySelector("[value=switch]");
    if (!dialog || dialog.open) return;
    button.textContent = isOff() ? button.dataset.on : button.dataset.off;
    dialog.showModal();
    dialog.onclose = () => {
      if (dialog.returnValue === "switch") localStorage.setItem(KEY, isOff() ? "0" : "1");
      dialog.returnValue = "";
    };
  };

  const reply = () => {
    const field = document.getElementById("text");
    const open = link(items().find((item) => item.contains(document.activeElement)));
    if (field) field.focus();
    else if (open && open.href) location.href = open.href + "#answer";
  };

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    o: () => { const open = link(items().find((item) => item.contains(document.activeElement))); if (open && open.href) open.click(); },
    r: reply,
    "?": help,
  };

  const reveal = () => { const button = document.getElementById("shortcuts-open"); if (button) button.hidden = false; };
  reveal();
  document.addEventListener("refreshed", reveal);
  document.addEventListener("click", (event) => { if (event.target.id === "shortcuts-open") help(); });
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input, textarea, select, dialog, [contenteditable]");
    if (writes || isOff() || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();

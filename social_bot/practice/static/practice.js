// Looks for new messages every two seconds. Without it the page works by its forms and links.
"use strict";

const log = document.getElementById("log");

async function look() {
  const isBusy = log.contains(document.activeElement) && document.activeElement.matches("button, a");
  if (document.hidden || isBusy) return;
  const answer = await fetch(log.dataset.source).catch(() => null);
  if (!answer || !answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  renew(fresh);
}

// New lines are added to the list that is there, so that a screen reader tells only what is new.
function renew(fresh) {
  const seen = log.querySelector(".log > ol");
  const seenLines = [...seen.children];
  const freshLines = [...fresh.querySelectorAll(".log > ol > li")];
  if (freshLines.map(text).join() === seenLines.map(text).join()) return;
  let same = 0;
  while (same < seenLines.length && freshLines[same] && text(freshLines[same]) === text(seenLines[same])) same += 1;
  seenLines.slice(same).forEach((line) => line.remove());
  seen.append(...freshLines.slice(same));
  const list = log.querySelector(".log");
  log.querySelectorAll(":scope > :not(.log)").forEach((around) => around.remove());
  const parts = [...fresh.body.children];
  const at = parts.findIndex((part) => part.matches(".log"));
  list.before(...parts.slice(0, at));
  list.after(...parts.slice(at + 1));
}

function text(line) {
  return line.textContent.trim();
}

if (log) {
  document.documentElement.classList.add("with-script");
  setInterval(look, 2000);
  const message = document.getElementById("message");
  message.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    message.form.requestSubmit();
  });
}

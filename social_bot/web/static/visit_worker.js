// Opens the form of a visit where there is no connection: the network first, else as it was seen last.
"use strict";
const SHELF = "visits-1";
const FORM_PAGE = "/visits/new";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && pathname === FORM_PAGE) event.respondWith(fromNetworkFirst(request));
  else if (pathname.startsWith("/static/")) event.respondWith(fromShelfFirst(request));
});

async function fromNetworkFirst(request) {
  const shelf = await caches.open(SHELF);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await shelf.put(FORM_PAGE, answer.clone());
    return answer;
  } catch (lost) {
    const kept = await shelf.match(FORM_PAGE);
    if (kept) return kept;
    throw lost;
  }
}

async function fromShelfFirst(request) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await shelf.put(request, answer.clone());
  return answer;
}

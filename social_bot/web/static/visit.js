// Outreach visits on a phone: counts by tapping, and a visit that finds no connection waits on the device.
// Without this script the form is sent as any other. Each visit has a key, so that it is kept once.
"use strict";
(() => {
  const STORE = "visits-to-send";
  const FORM_PAGE = "/visits/new";
  const panel = document.getElementById("waiting");
  const form = document.getElementById("visit");
  if (!panel) return;
  const worker = panel.dataset.worker;
  const says = document.getElementById("waiting-now");
  const list = panel.querySelector("ul");

  const read = () => { try { return JSON.parse(localStorage.getItem(STORE)) || []; } catch { return []; } };
  const write = (visits) => localStorage.setItem(STORE, JSON.stringify(visits));
  const drop = (key) => write(read().filter((each) => each.key !== key));
  const say = (what) => { says.textContent = says.dataset[what] || ""; };

  function newKey() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  function button(word, act, what) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "quiet";
    made.textContent = word;
    made.setAttribute("aria-label", `${word}: ${what}`);
    made.addEventListener("click", act);
    return made;
  }

  function draw() {
    const visits = read();
    const own = visits.filter((each) => each.by === worker);
    panel.hidden = visits.length === 0;
    addEventListener("pageshow", renew);
  document.getElementById("send-now").hidden = own.length === 0;
    list.replaceChildren(...own.map((each) => {
      const line = document.createElement("li");
      const fields = new URLSearchParams(each.fields);
      const words = document.createElement("span");
      words.textContent = `${fields.get("place")}, ${fields.get("day")}: ${fields.get("contacts")}`;
      const acts = document.createElement("span");
      acts.className = "acts";
      if (each.refused && form) acts.append(button(list.dataset.open, () => open(each), words.textContent));
      acts.append(button(list.dataset.remove, () => { drop(each.key); draw(); }, words.textContent));
      line.append(words, acts);
      return line;
    }));
    if (visits.length && !own.length) say("others");
  }

  // A page from the shelf or out of the history has an old key and perhaps an old day.
  function renew() {
    if (!form) return;
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((each) => String(each).padStart(2, "0")).join("-");
    const day = form.elements.namedItem("day");
    form.elements.namedItem("key").value = newKey();
    if (day.value === form.dataset.day && today > day.value) day.value = today;
    delete form.dataset.asked;
  }

  function open(each) {
    for (const [name, value] of new URLSearchParams(each.fields)) {
      const field = form.elements.namedItem(name);
      if (field && name !== "token" && name !== "partners" && "value" in field) field.value = value;
    }
    form.dataset.asked = "yes";
    form.elements.namedItem("place").focus();
  }

  // One try with a time limit: a connection that hangs is as good as none.
  async function post(path, fields) {
    const answer = await fetch(path, { method: "POST", body: fields, signal: AbortSignal.timeout(15000) });
    const isJson = (answer.headers.get("content-type") || "").includes("json");
    return isJson ? (await answer.json()).state : "other";
  }

  async function freshToken() {
    const answer = await fetch(FORM_PAGE, { cache: "no-store", signal: AbortSignal.timeout(15000) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("#visit");
    return found && found.dataset.worker === worker ? found.elements.namedItem("token").value : null;
  }

  let isSending = false;
  async function sendAll() {
    const own = read().filter((each) => each.by === worker);
    if (!own.length || isSending) return;
    isSending = true;
    say("sending");
    try {
      const token = await freshToken();
      if (token === null) { say("enter"); return; }
      let isRefused = false;
      for (const each of own) {
        const fields = new URLSearchParams(each.fields);
        fields.set("token", token);
        const state = await post("/visits/send", fields);
        if (state === "received" || state === "known") drop(each.key);
        else {
          isRefused = true;
          write(read().map((one) => (one.key === each.key ? { ...one, refused: true } : one)));
        }
      }
      draw();
      say(isRefused ? "look" : "sent");
      if (!isRefused) panel.hidden = false;
    } catch {
      say("offline");
    } finally {
      isSending = false;
    }
  }

  function keep(fields) {
    fields.delete("token");
    const key = fields.get("key");
    write([...read().filter((each) => each.key !== key), { key, by: worker, fields: fields.toString() }]);
  }

  if (form) {
    form.addEventListener("submit", async (event) => {
      if (form.dataset.asked) return;
      event.preventDefault();
      const fields = new URLSearchParams(new FormData(form));
      try {
        const state = await post("/visits/send", fields);
        if (state === "received") { location.assign("/visits?done=visit_added"); return; }
        if (state === "known") { location.assign("/visits?done=visit_known"); return; }
        form.dataset.asked = "yes";
        form.submit(); // the page says what is wrong
      } catch {
        keep(fields);
        form.elements.namedItem("key").value = newKey();
        for (const counter of form.querySelectorAll("#people .counter input")) counter.value = "0";
        form.elements.namedItem("note").value = "";
        draw();
        say("kept");
        panel.scrollIntoView();
      }
    });
  }

  for (const counter of document.querySelectorAll(".counter")) {
    const input = counter.querySelector("input");
    const least = Number(input.dataset.least);
    const tap = (by, word) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "quiet tap";
      made.textContent = by > 0 ? "+" : "−";
      made.setAttribute("aria-label", word);
      made.addEventListener("click", () => {
        input.value = String(Math.max(least, (Number.parseInt(input.value, 10) || 0) + by));
        document.getElementById("said").textContent = `${input.labels[0].textContent}: ${input.value}`;
      });
      return made;
    };
    counter.prepend(tap(-1, counter.dataset.less));
    counter.append(tap(1, counter.dataset.more));
  }

  addEventListener("pageshow", renew);
  document.getElementById("send-now").addEventListener("click", sendAll);
  addEventListener("online", sendAll);
  setInterval(sendAll, 30000);
  draw();
  sendAll();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/visits/worker.js").catch(() => {});
})();

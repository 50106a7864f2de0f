// Asks the browser for a passkey and puts its answer into the form; without this script one uses codes.
"use strict";
const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));

async function solve(act, riddle) {
  const publicKey = { ...riddle, challenge: toBytes(riddle.challenge) };
  if (act === "create") {
    publicKey.user = { ...riddle.user, id: toBytes(riddle.user.id) };
    publicKey.excludeCredentials = known(riddle.excludeCredentials);
  } else publicKey.allowCredentials = known(riddle.allowCredentials);
  const given = await navigator.credentials[act]({ publicKey });
  const response = { clientDataJSON: toText(given.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (given.response[part]) response[part] = toText(given.response[part]);
  return { id: given.id, rawId: toText(given.rawId), type: given.type, response };
}

if (window.PublicKeyCredential) {
  for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-failed]");
      failed.hidden = true;
      try {
        form.elements.answer.value = JSON.stringify(await solve(form.dataset.passkey, JSON.parse(form.dataset.riddle)));
        form.submit();
      } catch { failed.hidden = false; }
    });
  }
}

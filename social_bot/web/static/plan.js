// Shows what a campaign would post while its questions are answered; without this script there is a button.
"use strict";
const form = document.querySelector("form[data-plan]");
let waiting = 0, asked = 0;
if (form) form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(showPlan, 600);
});
async function showPlan() {
  const number = ++asked;
  const fields = new FormData(form);
  fields.set("step", "show");
  const answer = await fetch(form.action, { method: "POST", body: fields }).catch(() => null);
  if (!answer || number !== asked || document.getElementById("plan").contains(document.activeElement)) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const plan = page.getElementById("plan");
  if (!plan) return;
  const count = plan.querySelector("[data-plan-count]") || plan.querySelector("p");
  const opened = new Set([...document.querySelectorAll("#plan details[open]")].map((each) => each.parentElement.id));
  document.getElementById("plan").replaceWith(plan);
  for (const id of opened) document.getElementById(id)?.querySelector("details")?.setAttribute("open", "");
  document.querySelector("[data-plan-said]").textContent = count ? count.textContent : "";
}

// The days of a series, told while it is typed; "Show the days" does the same without this script.
"use strict";
{
  const series = document.getElementById("series");
  const shown = document.getElementById("dates");
  let soon = 0;
  const tell = async () => {
    const typed = new URLSearchParams();
    for (const name of ["often", "weekday", "time", "first", "last", "holidays", "skipped"]) typed.set(name, series.elements[name].value);
    const answer = await fetch(`/series/dates?${typed}`).catch(() => null);
    if (answer && answer.ok) shown.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
  };
  series.addEventListener("input", (event) => {
    if (event.target.tagName === "TEXTAREA") return;
    clearTimeout(soon);
    soon = setTimeout(tell, 400);
  });
}

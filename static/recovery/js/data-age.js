// Marks what [data-ages] holds as old once nothing was heard for 10 s, and says as of when it was true.
(() => {
  const OLD = 10_000;
  const areas = () => document.querySelectorAll("[data-ages]");
  let heard = 0;

  function clock(moment) {
    const zone = document.documentElement.dataset.zone || "UTC";
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium" }).format(moment);
  }

  function mark(old) {
    const was = document.querySelector("[data-aged]") !== null;
    for (const area of areas()) area.toggleAttribute("data-aged", old);
    for (const note of document.querySelectorAll("[data-as-of-note]")) {
      note.hidden = !old;
      const text = old ? `as of ${clock(heard)}` : "";
      if (note.textContent !== text) note.textContent = text;
    }
    if (was !== old) document.dispatchEvent(new CustomEvent("recovery:aged"));
  }

  const look = () => { if (heard && !document.hidden) mark(Date.now() - heard > OLD); };
  const hear = () => { heard = Date.now(); mark(false); };

  document.addEventListener("recovery:heard", hear);
  document.addEventListener("recovery:link", ({ detail }) => { if (detail.link === "live") hear(); });
  setInterval(look, 1000);
})();

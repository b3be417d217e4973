// One switch for all times: UTC, the browser's zone, or a named one. Others read document.documentElement.dataset.zone.
(() => {
  const KEY = "recovery.zone";
  const root = document.documentElement;

  function known(zone) {
    try { new Intl.DateTimeFormat("en", { timeZone: zone }); return true; } catch { return false; }
  }

  function stored() {
    let zone = "browser";
    try { zone = localStorage.getItem(KEY) || zone; } catch { /* a private window forgets */ }
    return zone === "browser" || known(zone) ? zone : "browser";
  }

  function apply(zone) {
    root.dataset.zone = zone === "browser" ? Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC" : zone;
    for (const button of document.querySelectorAll("[data-zone-choice]"))
      button.setAttribute("aria-pressed", String(button.dataset.zoneChoice === zone));
    for (const field of document.querySelectorAll("[data-zone-name]"))
      if (document.activeElement !== field) field.value = zone === "browser" || zone === "UTC" ? "" : zone;
    document.dispatchEvent(new CustomEvent("recovery:zone"));
  }

  function choose(zone) {
    try { localStorage.setItem(KEY, zone); } catch { /* a private window forgets */ }
    apply(zone);
  }

  apply(stored());
  addEventListener("storage", (event) => { if (event.key === KEY) apply(stored()); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zone-choice]");
    if (button) choose(button.dataset.zoneChoice);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-zone-name]")) return;
    const zone = event.target.value.trim();
    event.target.setCustomValidity(zone && !known(zone) ? "No such time zone. Try Europe/Lisbon." : "");
    if (event.target.reportValidity()) choose(zone || "browser");
  });
})();

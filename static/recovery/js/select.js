// The selection on the board: which rows are chosen outlives every push, and the bar ([data-selection]) counts them.
(() => {
  const chosen = new Set();

  const boxes = () => document.querySelectorAll("input.pick");
  const bar = () => document.querySelector("[data-selection]");

  function show() {
    for (const box of boxes()) box.checked = chosen.has(box.value);
    if (!bar()) return;
    bar().querySelector("[data-count]").textContent = String(chosen.size);
    for (const act of bar().querySelectorAll("[data-needs-some]")) act.setAttribute("aria-disabled", String(!chosen.size));
  }

  // The address follows the selection, and the filter as it stands now.
  function addresses(link) {
    const asked = new URLSearchParams(link.matches("[data-matching]") ? location.search : "");
    asked.delete("wall");
    if (link.matches("[data-matching]")) asked.set("all", "1");
    else for (const key of chosen) asked.append("b", key);
    link.search = `?${asked}`;
  }

  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("input.pick")) {
      if (target.checked) chosen.add(target.value);
      else chosen.delete(target.value);
      show();
    }
    if (target.matches?.("#selecting") && !target.checked) { chosen.clear(); show(); }
  });
  // Before js/acts.js reads the address.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-chosen], a[data-matching]");
    if (!link) return;
    addresses(link);
    if (link.matches("[data-chosen]") && !chosen.size) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  document.addEventListener("recovery:swapped", show);
  show();
})();

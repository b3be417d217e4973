// Rows go to their list ([data-group]) and place ([data-order]). While the pointer or the focus is in [data-rows] they hold
// still, and no other list is put in place of theirs: "3 rows would move", and a click lets them.
(() => {
  let pointing = false;
  let heldBack = null; // ids of the rows of the newest list that was not let in

  const area = () => document.querySelector("[data-rows]");
  const rows = () => [...(area()?.querySelectorAll("tr[data-order]") ?? [])];
  const listOf = (row) => document.getElementById(`rows-${row.dataset.group}`);
  const frozen = () => pointing || (area()?.contains(document.activeElement) ?? false);
  const byOrder = (a, b) => (a.dataset.order < b.dataset.order ? -1 : Number(a.dataset.order > b.dataset.order));

  // [list, its rows in order]
  function lists() {
    const found = new Map();
    for (const row of rows()) {
      const list = listOf(row) ?? row.parentElement;
      found.set(list, [...(found.get(list) ?? []), row]);
    }
    return [...found].map(([list, its]) => [list, its.sort(byOrder)]);
  }

  function move() {
    const homeless = rows().some((row) => !listOf(row));
    for (const [list, wanted] of lists())
      wanted.forEach((row, place) => { if (list.rows[place] !== row) list.insertBefore(row, list.rows[place] ?? null); });
    say(0);
    const emptied = [...(area()?.querySelectorAll("tbody[id^=rows-]") ?? [])].some((list) => !list.rows.length);
    if (homeless || emptied || heldBack) document.dispatchEvent(new CustomEvent("recovery:stale", { detail: { ids: ["board"] } }));
    heldBack = null;
  }

  // How many rows would go elsewhere, come or go.
  function hold() {
    const here = rows();
    const ids = heldBack ?? new Set(here.map((row) => row.id));
    const moving = new Set(here.filter((row) => !listOf(row)));
    for (const [list, wanted] of lists())
      for (const [place, row] of wanted.entries()) if (list.rows[place] !== row) moving.add(row);
    for (const row of here) if (!ids.has(row.id)) moving.add(row);
    say(moving.size + [...ids].filter((id) => !document.getElementById(id)).length);
  }

  function say(moving) {
    const note = area()?.querySelector("[data-frozen]");
    if (!note) return;
    note.hidden = !moving;
    note.querySelector("[data-thaw]").textContent = `${moving} row${moving === 1 ? "" : "s"} would move`;
  }

  function point(inside) {
    if (inside === pointing) return;
    pointing = inside;
    if (!frozen()) move();
  }

  document.addEventListener("recovery:push", (event) => {
    const { id, html } = event.detail;
    if (id !== area()?.id || !frozen()) return;
    event.preventDefault();
    heldBack = new Set(html.match(/row-\d+(?=")/g));
    hold();
  });
  document.addEventListener("recovery:swapped", () => (frozen() ? hold() : move()));
  // Not pointerover: that comes too when the pointer rests and the page moves under it.
  document.addEventListener("pointermove", ({ target, pointerType }) => {
    if (pointerType !== "touch") point(Boolean(target.closest?.("[data-rows]")));
  });
  document.documentElement.addEventListener("pointerleave", () => point(false));
  document.addEventListener("focusout", () => setTimeout(() => { if (!frozen()) move(); }));
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-thaw]");
    if (!button) return;
    button.blur(); // it is about to vanish, and must not hold the rows by having the focus
    pointing = false;
    move();
  });
})();

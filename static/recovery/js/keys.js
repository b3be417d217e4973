// The keyboard: / search, ? help, g then a letter to a page, j and k through rows, . to a row's acts. Never while typing.
(() => {
  const WAIT = 1200;
  let leader = 0;

  const typing = (element) => element.closest?.("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("main [data-row]")].filter((row) => row.offsetParent);

  function move(step) {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + step))];
    const target = next?.matches("a, button, [tabindex]") ? next : next?.querySelector("a[href], button");
    target?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  function act() {
    const row = document.activeElement?.closest("[data-row]");
    row?.querySelector("[data-acts] :is(button, summary, a[href])")?.focus();
  }

  function go(letter) {
    document.querySelector(`[data-key="${CSS.escape(letter)}"]`)?.click();
  }

  const KEYS = {
    "/": () => { const field = document.querySelector("[data-search]"); field?.focus(); field?.select?.(); },
    "?": () => document.getElementById("keys")?.showModal(),
    j: () => move(1),
    k: () => move(-1),
    ".": act,
    g: () => { leader = Date.now(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && typing(event.target)) event.target.blur();
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const led = Date.now() - leader < WAIT;
    leader = 0;
    if (led) { go(event.key); return; }
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
})();

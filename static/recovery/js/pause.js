// [data-pauses] holds the page still: nothing is swapped until it is pressed again. What is old then says so.
(() => {
  const root = document.documentElement;

  function show() {
    const paused = "paused" in root.dataset;
    for (const button of document.querySelectorAll("[data-pauses]")) {
      button.setAttribute("aria-pressed", String(paused));
      button.textContent = paused ? "Go on" : "Pause updates";
    }
  }

  document.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-pauses]")) return;
    root.toggleAttribute("data-paused");
    show();
    if ("paused" in root.dataset) return;
    const ids = [...document.querySelectorAll("[data-fragment]")].map((part) => part.id);
    document.dispatchEvent(new CustomEvent("recovery:stale", { detail: { ids } }));
  });
  document.addEventListener("htmx:before:swap", (event) => {
    if ("paused" in root.dataset) event.preventDefault();
  });
})();

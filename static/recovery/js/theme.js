// Pins light or dark, or follows the system. Runs before the page is painted, so it is not deferred.
(() => {
  const KEY = "recovery.theme";
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem(KEY) || "system"; } catch { return "system"; } };

  function apply(theme) {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-theme-choice]"))
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }

  function choose(theme) {
    try { localStorage.setItem(KEY, theme); } catch { /* a private window forgets */ }
    apply(theme);
  }

  apply(stored());
  document.addEventListener("DOMContentLoaded", () => apply(stored()));
  addEventListener("storage", (event) => { if (event.key === KEY) apply(stored()); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (button) choose(button.dataset.themeChoice);
  });
})();

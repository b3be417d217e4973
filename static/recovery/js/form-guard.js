// A form being edited is never swapped: it holds its place until it is left or sent.
(() => {
  document.addEventListener("focusin", ({ target }) => {
    target.closest("form[data-guarded]")?.setAttribute("hx-morph-skip", "");
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    const form = target.closest("form[data-guarded]");
    if (form && !form.contains(relatedTarget)) form.removeAttribute("hx-morph-skip");
  });
})();

// A link with [data-fills="id"] fills the fields of that part from its <data data-field>, instead of loading a filled page.
(() => {
  function put(input, wanted) {
    const text = wanted.get(input.name) ?? "";
    if (input.type === "checkbox") input.checked = input.value === text;
    else input.value = input.type === "text" && text === "off" ? "" : text;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-fills]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const part = document.getElementById(link.dataset.fills);
    if (!part) return;
    event.preventDefault();
    const wanted = new Map([...link.querySelectorAll("[data-field]")].map((each) => [each.dataset.field, each.value]));
    for (const input of part.querySelectorAll("input, select")) put(input, wanted);
    part.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();

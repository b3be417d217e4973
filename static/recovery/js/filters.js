// A form[data-filters] filters while one types: the URL follows, and the parts it narrows ([data-narrowed]) are asked for anew.
(() => {
  const WAIT = 250;
  let timer = 0;

  function query(form) {
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value.trim()) asked.append(name, value.trim());
    return asked.toString();
  }

  function narrow(form) {
    const asked = query(form);
    history.replaceState(history.state, "", asked ? `?${asked}` : location.pathname);
    const parts = [...document.querySelectorAll("[data-narrowed]")];
    for (const part of parts) {
      const [name] = part.dataset.fragment.split(":");
      part.dataset.fragment = asked ? `${name}:${asked}` : name;
    }
    document.dispatchEvent(new CustomEvent("recovery:stale", { detail: { ids: parts.map((part) => part.id) } }));
  }

  function soon(event) {
    const form = event.target.closest?.("form[data-filters]");
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(() => narrow(form), event.type === "change" ? 0 : WAIT);
  }

  document.addEventListener("input", soon);
  document.addEventListener("change", soon);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-filters]")) return;
    event.preventDefault();
    clearTimeout(timer);
    narrow(event.target);
  });
})();

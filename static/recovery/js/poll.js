// Without a socket the page asks for its own parts, every 5 s; and whenever somebody says recovery:stale { ids }.
// A part is an element with [data-fragment="key"]; its newest HTML is at /fragments/<key>.
(() => {
  const EVERY = 5_000;
  const root = document.documentElement;
  const asking = new Map();
  let live = false;

  const resting = () => document.hidden || "paused" in root.dataset;

  // `wanted`: somebody asked for it; else it may be held back, as what comes by the socket.
  const welcome = (detail) => document.dispatchEvent(new CustomEvent("recovery:push", { detail, cancelable: true }));

  async function ask(part, wanted = false) {
    const { fragment } = part.dataset;
    asking.get(part.id)?.abort();
    const control = new AbortController();
    asking.set(part.id, control);
    try {
      const options = { headers: { "HX-Request": "true" }, redirect: "manual", signal: control.signal };
      const answer = await fetch(`/fragments/${encodeURIComponent(fragment)}`, options);
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) return;
      const text = await answer.text();
      const here = document.getElementById(part.id);
      if (here?.dataset.fragment !== fragment) return; // it was asked for something else meanwhile
      if (wanted || welcome({ key: fragment, id: part.id, html: text }))
        await htmx.swap({ text, target: here, sourceElement: here, swap: "outerMorph" });
      document.dispatchEvent(new CustomEvent("recovery:heard"));
    } catch { /* the console is away: the page grows old, and says so */ } finally {
      if (asking.get(part.id) === control) asking.delete(part.id);
    }
  }

  function poll() {
    if (live || resting()) return;
    for (const part of document.querySelectorAll("[data-fragment]")) if (!asking.has(part.id)) ask(part);
  }

  document.addEventListener("recovery:link", ({ detail }) => { live = detail.link === "live"; });
  document.addEventListener("recovery:stale", ({ detail }) => {
    for (const id of detail.ids) {
      const part = document.getElementById(id);
      if (part?.dataset.fragment) ask(part, true);
    }
  });
  document.addEventListener("visibilitychange", poll);
  const news = () => document.dispatchEvent(new CustomEvent("recovery:heard"));
  if (document.querySelector("[data-fragment]")) news(); // the page itself is
  setInterval(poll, EVERY);
})();

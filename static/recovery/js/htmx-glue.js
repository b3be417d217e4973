// Everything that depends on the version of htmx, with templates/components/htmx.html: its events in, ours out.
// Written for 4.0.0-beta6 as django-htmx ships it; 4.0.1 renames htmx:before:ws:… to htmx:ws:before:… and flattens details.
//   recovery:link    { link: "live" | "reconnecting" | "lost", retryAt }   the page's socket
//   recovery:heard   a message came
//   recovery:parts   { parts } pieces of the page that came, for js/parts.js
//   recovery:swapped something was swapped in
(() => {
  const say = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`recovery:${name}`, { detail }));
  const on = (name, act) => document.addEventListener(name, act);
  const MAX = 30_000;
  const OPEN = 1; // of a socket; there may be no WebSocket to ask
  const SILENT = 20_000; // ms: a console that lives says a word every 5 s
  let leaving = false; // a sign-out closes the socket before the next page is there: that page is where we go
  addEventListener("beforeunload", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });

  // A dead session refuses every handshake: ask once whether we are still signed in, and leave if not.
  async function stillSignedIn() {
    try {
      const answer = await fetch("/account/", { method: "HEAD", redirect: "manual" });
      return answer.ok;
    } catch {
      return true; // the console is away, not we
    }
  }

  async function closed({ detail }) {
    if (detail.reason === "removed" || document.hidden || leaving) return;
    const delay = Math.min(MAX, 500 * 2 ** (detail.connection?.attempt || 0));
    say("link", { link: "reconnecting", retryAt: Date.now() + delay });
    if (!(await stillSignedIn()) && !leaving) {
      say("link", { link: "lost" });
      location.reload();
    }
  }

  // The page says what it shows; parts of it come back by key, each to the element that shows that key.
  let socket = null;
  let told = "";
  let last = 0;

  function tell() {
    if (socket?.readyState !== OPEN) return;
    const show = [...new Set([...document.querySelectorAll("[data-fragment]")].map((part) => part.dataset.fragment))];
    const said = JSON.stringify({ show: show.slice(0, 40), rows: Boolean(document.querySelector("[data-rows]")) });
    if (said === told) return;
    told = said;
    socket.send(said);
  }

  function heard({ detail }) {
    last = Date.now();
    say("heard");
    say("parts", { parts: detail.message.json?.parts ?? [] });
  }

  on("htmx:after:ws:connection", ({ detail }) => {
    socket = detail.connection.socket;
    told = "";
    last = Date.now();
    say("link", { link: "live" });
    tell();
  });
  on("htmx:after:ws:message", heard);
  on("DOMContentLoaded", () => { if (!window.WebSocket) say("link", { link: "reconnecting" }); });
  // A cut cable closes nothing: a socket that says no word is closed here, so that it is opened anew.
  setInterval(() => { if (socket?.readyState === OPEN && Date.now() - last > SILENT) socket.close(); }, 1000);
  // One that never opens is not to be waited for: the page polls, and says so.
  setTimeout(() => { if (!socket && document.getElementById("socket")) say("link", { link: "reconnecting" }); }, SILENT);
  on("recovery:swapped", tell);
  on("htmx:ws:close", closed);
  on("htmx:after:swap", () => say("swapped"));
})();

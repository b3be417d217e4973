// Two steps in place: a button[data-ask] asks where it stands, and acts when it is pressed again within 5 s.
// It keeps its place meanwhile: a push does not touch what is armed ([hx-morph-skip]), and catches up afterwards.
(() => {
  const WAIT = 5_000;
  let armed = null; // { button, word, timer }

  function disarm(catchUp = true) {
    if (!armed) return;
    const { button, word, timer } = armed;
    armed = null;
    clearTimeout(timer);
    button.textContent = word;
    button.classList.remove("armed");
    button.removeAttribute("hx-morph-skip");
    const part = button.closest("[data-fragment]");
    const list = button.closest("[data-rows]"); // of rows the list is due, in the order of board-order.js
    if (catchUp && part && part !== list) document.dispatchEvent(new CustomEvent("recovery:stale", { detail: { ids: [part.id] } }));
  }

  function arm(button) {
    armed = { button, word: button.textContent, timer: setTimeout(disarm, WAIT) };
    button.setAttribute("hx-morph-skip", "");
    button.classList.add("armed");
    button.textContent = button.dataset.ask;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-ask]");
    if (button && armed?.button === button) return; // the second step: js/acts.js sends it
    disarm();
    if (!button) return;
    event.preventDefault();
    arm(button);
  });
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape") disarm(); });
  document.addEventListener("recovery:acting", () => disarm());
})();

// Says in the foot of the rail whether the page is live, how old its newest word is, and when it tries again.
(() => {
  const QUIET = 10_000; // ms without a word after which "live" would be a lie; a live page gets one every 5 s
  const place = document.getElementById("link-state");
  if (!place) return;
  let link = place.dataset.link;
  let heard = Date.now();
  let cut = 0;
  let retry = 0;

  const age = (now) => Math.floor((now - heard) / 1000);

  // [what it looks like, what it says]
  function words(now) {
    if (link === "lost") return ["lost", "Lost · reload the page"];
    if (now - heard <= QUIET) {
      if (link === "live") return ["live", `Live · ${age(now)} s old`];
      if (heard > cut) return ["polling", `Polling · ${age(now)} s old`];
    } else if (link === "live") return ["reconnecting", `Silent for ${age(now)} s`];
    const seconds = Math.ceil((retry - now) / 1000);
    return ["reconnecting", seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting…"];
  }

  function show() {
    if (link === "still") return;
    place.hidden = false;
    const [look, said] = words(Date.now());
    if (place.dataset.link !== look) place.dataset.link = look;
    if (place.textContent !== said) place.textContent = said;
  }

  document.addEventListener("recovery:link", ({ detail }) => {
    if (detail.link === "live") heard = Date.now();
    else if (link === "live" || link === "still") cut = Date.now();
    link = detail.link;
    retry = detail.retryAt || 0;
    show();
  });
  document.addEventListener("recovery:heard", () => { heard = Date.now(); show(); });
  setInterval(show, 1000);
})();

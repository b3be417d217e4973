// What is offered for a while goes when its time is over ([data-until], console time);
// times that are typed are meant in the page's zone ([data-zone-field]), which is said beside them.
(() => {
  const said = document.querySelector('meta[name="console-time"]')?.content;
  const offset = said ? Date.parse(said) - Date.now() : 0;

  function pass() {
    for (const offer of document.querySelectorAll("[data-until]"))
      offer.hidden = Date.parse(offer.dataset.until) <= Date.now() + offset;
  }

  function zone() {
    const name = document.documentElement.dataset.zone || "UTC";
    for (const field of document.querySelectorAll("[data-zone-field]")) field.value = name;
    for (const word of document.querySelectorAll("[data-zone-word]")) word.textContent = name;
  }

  document.addEventListener("recovery:swapped", () => { pass(); zone(); });
  document.addEventListener("recovery:zone", zone);
  setInterval(pass, 500);
  zone();
})();

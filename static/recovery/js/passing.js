// What is offered for a while goes when its time is over ([data-until], console time); fields follow the chosen zone,
// and what one types chooses the option it belongs to ([data-chooses]).
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

  document.addEventListener("input", ({ target }) => {
    const wanted = target.dataset?.chooses;
    const option = wanted && target.form?.querySelector(`input[type=radio][value="${wanted}"]`);
    if (option) option.checked = true;
  });
  document.addEventListener("recovery:swapped", () => { pass(); zone(); });
  document.addEventListener("recovery:zone", zone);
  setInterval(pass, 500);
  zone();
})();

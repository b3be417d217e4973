// The tab says whether something is wrong: title and icon follow the element [data-tab="calm|alarm|lost"][data-title].
// What is old ([data-aged]) is not known any more, however calm it was.
(() => {
  const icon = document.getElementById("tab-icon");

  function follow() {
    const word = document.querySelector("[data-tab]");
    if (!word || !icon) return;
    const old = document.querySelector("[data-aged]") !== null;
    const title = `${old ? "Cut off · " : ""}${word.dataset.title || document.title}`;
    if (word.dataset.title && document.title !== title) document.title = title;
    const wanted = icon.dataset[old ? "lost" : word.dataset.tab];
    if (wanted && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
  }

  follow();
  document.addEventListener("recovery:swapped", follow);
  document.addEventListener("recovery:aged", follow);
})();

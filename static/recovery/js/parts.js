// Puts pushed parts in their places: recovery:parts { parts: [{ key, id, html }] }, one frame after the other.
//   recovery:push    { key, id, html } this is about to be swapped in, unless somebody prevents it
//   recovery:swapped something was swapped in
(() => {
  let taking = Promise.resolve(); // frames go in one after the other, the newest last

  // Who has a reason to, holds a part back.
  const welcome = (detail) => document.dispatchEvent(new CustomEvent("recovery:push", { detail, cancelable: true }));

  async function take(part) {
    const here = document.getElementById(part.id);
    if (!here || (here.dataset.fragment ?? part.key) !== part.key || !welcome(part)) return;
    await htmx.swap({ text: part.html, target: here, sourceElement: here, swap: "outerMorph" });
  }

  async function takeAll(parts) {
    for (const part of parts) await take(part);
    if (parts.length) document.dispatchEvent(new CustomEvent("recovery:swapped"));
  }

  document.addEventListener("recovery:parts", ({ detail }) => {
    if ("paused" in document.documentElement.dataset) return;
    taking = taking.then(() => takeAll(detail.parts)).catch((error) => setTimeout(() => { throw error; }));
  });
})();

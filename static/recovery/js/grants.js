// Hides acts on services that are not granted to whoever looks: [data-of] names the service that an act is on.
// Parts are drawn once for everybody, so they cannot know; the server refuses such an act anyway.
(() => {
  const { granted } = document.body.dataset;
  if (granted === undefined) return; // every service
  const keys = new Set(granted.split(" "));

  function mark() {
    for (const part of document.querySelectorAll("[data-of]")) {
      part.toggleAttribute("data-not-granted", !keys.has(part.dataset.of));
    }
  }

  mark();
  document.addEventListener("recovery:swapped", mark);
})();

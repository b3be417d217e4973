// Acts without leaving the page: a[data-dialog] opens its page in the dialog, form[data-act-form] is sent from here.
// What was done goes into the tray (#told); what was typed wrong comes back into the dialog.
//   recovery:acting  an act is on its way
(() => {
  const dialog = () => document.querySelector("[data-act-dialog]");
  const tray = () => document.getElementById("told");
  const busy = new Set(); // addresses on their way: a second click is the same act
  let asked = 0;

  async function put(text, target, swap) {
    await htmx.swap({ text, target, sourceElement: target, swap });
    document.dispatchEvent(new CustomEvent("recovery:swapped"));
  }

  // Nothing of an earlier form is left: what was typed there is not meant here.
  async function fill(text) {
    document.getElementById("act-body").replaceChildren();
    await put(text, document.getElementById("act-body"), "beforeend");
    dialog().querySelector('[aria-invalid="true"]')?.focus();
  }

  // A refusal is a page of its own: its words are what is needed here.
  function notice(words) {
    const article = document.getElementById("act-notice").content.firstElementChild.cloneNode(true);
    article.querySelector("[data-words]").textContent = words;
    tray().prepend(article);
  }

  function wordsOf(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    return [...page.querySelectorAll("h1, main p")].map((each) => each.textContent.trim()).filter(Boolean).join(". ");
  }

  async function open(link) {
    const mine = ++asked;
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    const text = await answer.text();
    if (answer.status === 401) { location.reload(); return; }
    if (mine !== asked) return; // another one was asked for meanwhile
    if (!answer.ok) { notice(wordsOf(text)); return; }
    await fill(text);
    if (!dialog().open) dialog().showModal();
  }

  async function send(form, submitter) {
    const address = submitter?.getAttribute("formaction") || form.getAttribute("action");
    if (busy.has(address)) return;
    busy.add(address);
    const body = new URLSearchParams(new FormData(form, submitter));
    if (submitter?.dataset.ask) body.set("sure", "yes"); // it was asked where it stands
    document.dispatchEvent(new CustomEvent("recovery:acting"));
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } });
      const text = await answer.text();
      if (answer.status === 401) { location.reload(); return; }
      if (answer.status === 422 && dialog().contains(form)) { await fill(text); return; }
      if (dialog().open) dialog().close();
      if (!answer.ok && answer.headers.get("X-Part") === null) notice(wordsOf(text));
      else await put(text, tray(), "afterbegin");
    } catch {
      notice("The console did not answer: whether it was done is not known. Look how it stands before you act again");
    } finally { busy.delete(address); }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-dialog]");
    if (link && dialog() && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open(link).catch(() => { location.href = link.href; });
    }
    event.target.closest?.("[data-dismisses]")?.closest("article")?.remove();
    if (dialog()?.open && event.target.closest?.("a[data-closes]")) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-act-form]") || !tray()) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
})();

// Puts every <time datetime data-as="ago|for|until|clock|minute|day|date"> into words, once a second, in the console's
// clock; the exact time is in its title. Words are written only when they change, so that a morph finds little to do.
(() => {
  const root = document.documentElement;
  const said = document.querySelector('meta[name="console-time"]')?.content;
  const offset = said ? Date.parse(said) - Date.now() : 0;
  const STYLES = { clock: { timeStyle: "medium" }, minute: { timeStyle: "short" }, day: { day: "numeric", month: "short" } };
  const UNITS = [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]];

  function length(seconds) {
    const first = UNITS.findIndex(([, size]) => seconds >= size);
    if (first < 0) return "0 s";
    const [[unit, size], next] = [UNITS[first], UNITS[first + 1]];
    const rest = next ? Math.floor((seconds % size) / next[1]) : 0;
    return `${Math.floor(seconds / size)} ${unit}` + (rest && first < 3 ? ` ${rest} ${next[0]}` : "");
  }

  function countdown(seconds) {
    const left = Math.max(0, Math.ceil(seconds));
    if (left >= 3600) return `in ${length(left)}`;
    return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }

  // Making a format costs a hundred times what using it does, and a page has hundreds of times.
  const formats = new Map();
  function exact(moment, style) {
    const zone = root.dataset.zone || "UTC";
    const key = `${zone} ${style}`;
    if (!formats.has(key)) {
      const options = STYLES[style] ?? { dateStyle: "medium", timeStyle: "medium" };
      formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
    }
    return formats.get(key).format(moment);
  }

  function words(element, moment, now) {
    const seconds = (now - moment) / 1000;
    switch (element.dataset.as) {
      case "for": return length(Math.max(0, Math.floor(seconds)));
      case "until": return countdown(-seconds);
      case "clock": case "minute": case "day": case "date": return exact(moment, element.dataset.as);
      default: return seconds < 1 ? "just now" : `${length(Math.floor(seconds))} ago`;
    }
  }

  function put(element, now) {
    const moment = Date.parse(element.dateTime);
    if (Number.isNaN(moment)) return;
    const text = words(element, moment, now);
    if (element.textContent !== text) element.textContent = text;
    const title = `${exact(moment, "date")} ${root.dataset.zone || "UTC"}`;
    if (element.title !== title) element.title = title;
  }

  function all(within = document) {
    const now = Date.now() + offset;
    for (const element of within.querySelectorAll("time[datetime][data-as]")) put(element, now);
  }

  all();
  setInterval(() => { if (!document.hidden) all(); }, 1000);
  document.addEventListener("visibilitychange", () => all());
  document.addEventListener("recovery:zone", () => all());
  let due = false; // parts come one after the other: all of them before the page is painted, once
  document.addEventListener("recovery:swapped", () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; all(); });
  });
})();

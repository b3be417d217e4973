// Reads a chart out: the span under the pointer, or chosen with the arrow keys, in words. They come from the chart's
// table ([data-read-out] names it, [data-says] holds the words, [data-cursor] marks the span). When the chart is drawn
// anew meanwhile, the same span stays read out.
(() => {
  let place = -1;
  let reading = null; // { chart: its table's id, moment }

  const chartOf = (event) => event.target.closest?.("[data-read-out]");
  const spans = (chart) => [...document.getElementById(chart.dataset.readOut).tBodies[0].rows];
  const says = (chart) => chart.closest(".card").querySelector("[data-says]");

  function words(row) {
    const heads = row.closest("table").tHead.rows[0].cells;
    const said = [...row.cells].slice(1).map((cell, index) => [heads[index + 1].textContent, cell.textContent.trim()]);
    return said.filter(([, value]) => value && value !== "—").map(([head, value]) => `${head} ${value}`).join(" · ");
  }

  function show(chart, index) {
    const all = spans(chart);
    if (!all.length) return;
    place = Math.min(all.length - 1, Math.max(0, index));
    const time = all[place].querySelector("time");
    reading = { chart: chart.dataset.readOut, moment: time.dateTime };
    says(chart).replaceChildren(time.cloneNode(true), ` · ${words(all[place])}`);
    const cursor = chart.querySelector("[data-cursor]");
    cursor.setAttribute("x", String((place * 1000) / all.length));
    cursor.setAttribute("width", String(1000 / all.length));
  }

  function clear(chart) {
    reading = null;
    chart.querySelector("[data-cursor]").setAttribute("width", "0");
    says(chart).textContent = says(chart).dataset.says;
  }

  function again() {
    const chart = reading && document.querySelector(`[data-read-out="${reading.chart}"]`);
    if (!chart) return;
    const index = spans(chart).findIndex((row) => row.querySelector("time").dateTime === reading.moment);
    if (index < 0) clear(chart);
    else show(chart, index);
  }

  document.addEventListener("pointermove", (event) => {
    const chart = chartOf(event);
    if (!chart) return;
    const box = chart.getBoundingClientRect();
    show(chart, Math.floor(((event.clientX - box.left) / box.width) * spans(chart).length));
  });
  for (const leaving of ["pointerout", "focusout"])
    document.addEventListener(leaving, (event) => {
      const chart = chartOf(event);
      if (chart && !chart.contains(event.relatedTarget)) clear(chart);
    });
  document.addEventListener("focusin", (event) => { if (chartOf(event)) show(chartOf(event), Infinity); });
  document.addEventListener("recovery:swapped", again);
  document.addEventListener("keydown", (event) => {
    const chart = chartOf(event);
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!chart || step === undefined) return;
    event.preventDefault();
    show(chart, place + step);
  });
})();

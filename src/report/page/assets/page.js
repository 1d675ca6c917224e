// Draws the charts of the page from the data in it, and lets them be read with mouse and keyboard.
(function () {
  "use strict";
  const root = document.documentElement;
  let data = JSON.parse(document.getElementById("data").textContent);
  let plots = [], whole = null;
  root.dataset.js = "";

  // Colour and dashes tell curves apart, and each has its name at its end: no fact is in the colour alone.
  const LOOKS = { a: [], b: [7, 3], c: [2, 3], d: [10, 3, 2, 3], bad: [] };
  const SIZE = 12;
  const first = 0;
  let last = data.end;
  let shown = [first, last];
  let charts = [], drawn = "";

  const colour = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const font = (size) => size + "px " + getComputedStyle(document.body).fontFamily;

  // How values are written.
  const digits = (value) => value === 0 ? "0" : value < 10 ? String(+value.toFixed(2)) : value < 100 ? String(+value.toFixed(1)) : Math.round(value).toLocaleString("en");
  const time = (seconds) => seconds === 0 ? "0" : seconds < 1e-3 ? digits(seconds * 1e6) + " µs" : seconds < 1 ? digits(seconds * 1e3) + " ms" : digits(seconds) + " s";
  const bytes = (value) => value < 999.5 ? Math.round(value) + " B" : value < 999500 ? digits(value / 1e3) + " kB" : value < 999500000 ? digits(value / 1e6) + " MB" : digits(value / 1e9) + " GB";
  const UNITS = { count: digits, rate: digits, time: time, percent: (value) => digits(value) + " %", bytes: bytes, "bytes-per-second": (value) => bytes(value) + "/s" };
  const two = (number) => String(number).padStart(2, "0");
  // A place on the time axis, with its unit; a moment is one to the second.
  function place(seconds) {
    const s = Math.round(seconds), hours = Math.floor(s / 3600), minutes = Math.floor(s / 60);
    if (s === 0) return "0";
    if (s >= 3600) return s % 3600 ? hours + ":" + two(minutes % 60) + " h" : hours + " h";
    if (s >= 60) return s % 60 ? minutes + ":" + two(s % 60) + " min" : minutes + " min";
    return s + " s";
  }
  function moment(seconds) {
    const s = Math.round(seconds);
    return (s < 3600 ? Math.floor(s / 60) : Math.floor(s / 3600) + ":" + two(Math.floor(s / 60) % 60)) + ":" + two(s % 60);
  }

  // Steps of the time axis that a person would choose, in seconds.
  const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800];

  // A scale that must reach over powers of ten is logarithmic.
  function logarithmic(chart) {
    if (chart.unit !== "time" || chart.id === "lag") return false;
    let low = Infinity, high = 0;
    for (const curve of chart.curves) for (const value of curve.values) if (value > 0) { low = Math.min(low, value); high = Math.max(high, value); }
    return high / low > 30;
  }

  // Names stand at the ends of their curves, moved apart where they would cover each other.
  function names(n) {
    return (u) => {
      const chart = data.charts[n], ctx = u.ctx, ratio = devicePixelRatio, labels = [];
      const [from, to] = u.series[0].idxs || [0, data.at.length - 1];
      chart.curves.forEach((curve, place) => {
        let at = to;
        while (at > from && u.data[place + 1][at] == null) at--;
        const value = u.data[place + 1][at];
        if (value != null) labels.push({ y: u.valToPos(value, "y", true), text: curve.name, look: curve.look });
      });
      labels.sort((a, b) => a.y - b.y);
      // The last mark of the time axis stands below.
      const room = SIZE * 1.15 * ratio, bottom = u.bbox.top + u.bbox.height - SIZE / 2 * ratio;
      labels.forEach((label, n) => { if (n && label.y < labels[n - 1].y + room) label.y = labels[n - 1].y + room; });
      for (let n = labels.length - 1, limit = bottom; n >= 0; n--, limit -= room) labels[n].y = Math.min(labels[n].y, limit);
      ctx.save();
      ctx.font = font(SIZE * ratio);
      ctx.textBaseline = "middle";
      ctx.textAlign = "left";
      for (const label of labels) {
        ctx.fillStyle = colour(label.look);
        ctx.fillText(label.text, u.bbox.left + u.bbox.width + 6 * ratio, label.y);
      }
      ctx.restore();
    };
  }

  // What is not judged is shaded.
  function shade(u) {
    const ctx = u.ctx, [from, to] = data.measured;
    const x = (value) => Math.min(Math.max(u.valToPos(value, "x", true), u.bbox.left), u.bbox.left + u.bbox.width);
    ctx.save();
    ctx.fillStyle = colour("shade");
    if (from > first) ctx.fillRect(u.bbox.left, u.bbox.top, x(from) - u.bbox.left, u.bbox.height);
    if (to < last - 1e-6) ctx.fillRect(x(to), u.bbox.top, u.bbox.left + u.bbox.width - x(to), u.bbox.height);
    ctx.restore();
  }

  // The values under the cursor, in words below the chart.
  function tell(n, readout) {
    return (u) => {
      const chart = data.charts[n], at = u.cursor.idx;
      if (at == null) { readout.textContent = "\u00a0"; return; }
      const parts = chart.curves.map((curve, place) => {
        let from = at;
        if (curve.sparse) while (from > 0 && u.data[place + 1][from] == null) from--;
        const value = u.data[place + 1][from];
        return curve.name + " " + (value == null ? "–" : UNITS[chart.unit](value));
      });
      readout.textContent = "At " + moment(data.at[at]) + ": " + parts.join(", ");
    };
  }

  // A value between two that are none has no line by which it could be seen: it gets a point.
  function lonely(u, n, all) {
    const values = u.data[n], [from, to] = u.series[0].idxs, found = [];
    for (let at = from; at <= to && !all; at++) if (values[at] != null && values[at - 1] == null && values[at + 1] == null) found.push(at);
    return found.length ? found : null;
  }

  function series(curve) {
    return {
      label: curve.name,
      stroke: colour(curve.look),
      // The edge of a bar would be seen where it has no height.
      width: curve.look === "bad" ? 0 : 1.5,
      dash: LOOKS[curve.look],
      spanGaps: curve.sparse,
      // What failed stands as bars, so that its shape differs too, and nothing is drawn where nothing failed.
      paths: curve.steps ? uPlot.paths.stepped({ align: 1 }) : curve.look === "bad" ? uPlot.paths.bars({ size: [1, Infinity, 2], align: 1 }) : undefined,
      fill: curve.look === "bad" ? colour(curve.look) : undefined,
      points: { show: curve.sparse && curve.values.filter((value) => value != null).length < 40, size: 4, filter: lonely },
    };
  }

  // The powers of ten on a scale.
  function powers(u) {
    const splits = [];
    for (let exponent = Math.ceil(Math.log10(u.scales.y.min) - 1e-9); 10 ** exponent <= u.scales.y.max * 1.000001; exponent++) splits.push(10 ** exponent);
    return splits;
  }

  function options(n, width, readout) {
    const chart = data.charts[n], log = logarithmic(chart), wide = width > 600;
    const axis = { stroke: colour("quiet"), font: font(SIZE), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false } };
    // The same room on the right of every chart, so that all have one time axis.
    const room = wide ? 110 : 70;
    return {
      width: width,
      height: wide ? 170 : 150,
      padding: [8, room, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: "time", setSeries: false }, drag: { x: true, y: false }, points: { size: 7 }, focus: { prox: -1 } },
      scales: {
        x: { time: false, range: (u, low, high) => [low, high] },
        y: log
          ? { distr: 3, log: 10 }
          : { range: (u, low, high) => [0, high > 0 ? high * 1.08 : 1] },
      },
      axes: [
        Object.assign({}, axis, { incrs: STEPS, size: 30, gap: 4, space: 80, values: (u, splits) => splits.map(place) }),
        Object.assign({}, axis, { size: 58, gap: 4, space: 34, values: (u, splits) => splits.map((value) => value == null ? null : UNITS[chart.unit](value)) },
          log ? { splits: powers, filter: (u, splits) => splits } : {}),
      ],
      series: [{}].concat(chart.curves.map(series)),
      hooks: {
        drawClear: [shade],
        draw: [names(n)],
        setCursor: [tell(n, readout)],
        setScale: [(u, scale) => { if (scale === "x") zoomed([u.scales.x.min, u.scales.x.max]); }],
      },
    };
  }

  let zooming = false;
  function zoomed(range) {
    if (zooming || range[0] == null) return;
    shown = range;
    if (whole) whole.disabled = range[0] <= first && range[1] >= last;
  }

  function zoom(from, to) {
    const least = Math.max((last - first) / 500, 2);
    if (to - from < least) { const middle = (from + to) / 2; from = middle - least / 2; to = middle + least / 2; }
    shown = [Math.max(from, first), Math.min(to, last)];
    for (const u of charts) u.setScale("x", { min: shown[0], max: shown[1] });
  }

  const values = (chart) => [data.at].concat(chart.curves.map((curve) => curve.values));
  // What a chart is drawn by beside its values: while it stays the same, only these change.
  const outline = () => data.charts.map((chart) => [chart.id, logarithmic(chart)].concat(chart.curves.map((curve) => curve.name)).join("\n")).join("\f");

  function draw() {
    const range = shown;
    zooming = true;
    for (const u of charts) u.destroy();
    charts = plots.map((plot) => {
      const n = Number(plot.dataset.chart);
      const readout = plot.parentElement.querySelector(".readout");
      const u = new uPlot(options(n, plot.clientWidth || 640, readout), values(data.charts[n]), plot);
      u.setScale("x", { min: range[0], max: range[1] });
      u.over.addEventListener("dblclick", () => zoom(first, last));
      return u;
    });
    zooming = false;
    drawn = outline();
    zoomed(range);
  }

  // Other data, as of a run that goes on: who looks at a part of it still does, and the cursor stays at its moment.
  function change(next) {
    const all = shown[0] <= first && shown[1] >= last;
    data = next;
    last = data.end;
    if (all) shown = [first, last];
    const known = plots;
    find();
    if (known.length !== plots.length || known.some((plot, n) => plot !== plots[n]) || drawn !== outline()) { draw(); return; }
    zooming = true;
    charts.forEach((u, n) => u.batch(() => {
      const at = u.cursor.idx;
      u.setData(values(data.charts[n]), false);
      u.setScale("x", { min: shown[0], max: shown[1] });
      if (at != null) stay(u);
    }));
    zooming = false;
    zoomed(shown);
  }

  // Keys: along a chart, to its ends, closer and further away.
  function step(u, by) {
    const at = data.at, old = u.cursor.idx;
    let next = old == null ? at.findIndex((t) => t >= shown[0]) : old + by;
    next = Math.min(Math.max(next, 0), at.length - 1);
    if (at[next] < shown[0] || at[next] > shown[1]) {
      const width = shown[1] - shown[0];
      const from = Math.min(Math.max(at[next] - width / 2, first), last - width);
      zoom(from, from + width);
    }
    u.setCursor({ left: u.valToPos(at[next], "x"), top: 1 }, true, true);
  }

  // The cursor stays at its moment while the scale changes around it.
  function stay(u) {
    const at = u.cursor.idx;
    if (at != null) setTimeout(() => u.setCursor({ left: u.valToPos(data.at[at], "x"), top: 1 }, true, true), 0);
  }

  function key(event) {
    const u = charts[plots.indexOf(event.currentTarget)];
    if (!u || event.ctrlKey || event.altKey || event.metaKey) return;
    const far = event.shiftKey ? 20 : 1, middle = u.cursor.idx == null ? (shown[0] + shown[1]) / 2 : data.at[u.cursor.idx];
    const width = shown[1] - shown[0];
    switch (event.key) {
      case "ArrowRight": step(u, far); break;
      case "ArrowLeft": step(u, -far); break;
      case "Home": step(u, -data.at.length); break;
      case "End": step(u, data.at.length); break;
      case "+": case "=": zoom(middle - width / 4, middle + width / 4); stay(u); break;
      case "-": zoom(middle - width, middle + width); stay(u); break;
      case "Escape": zoom(first, last); stay(u); break;
      default: return;
    }
    event.preventDefault();
  }

  const met = new WeakSet();
  const widths = new ResizeObserver(() => {
    if (plots.length && charts.length && plots[0].clientWidth !== charts[0].width) draw();
  });
  // The places of the charts, each of which is made ready once.
  function find() {
    plots = Array.from(document.querySelectorAll(".plot"));
    whole = document.getElementById("all");
    for (const plot of plots.filter((plot) => !met.has(plot))) {
      const readout = plot.parentElement.querySelector(".readout");
      met.add(plot);
      plot.addEventListener("keydown", key);
      plot.addEventListener("focus", () => readout.setAttribute("aria-live", "polite"));
      plot.addEventListener("blur", () => readout.setAttribute("aria-live", "off"));
      if (plot === plots[0]) widths.observe(plot);
    }
    if (whole && !met.has(whole)) {
      met.add(whole);
      whole.addEventListener("click", () => zoom(first, last));
    }
  }

  find();
  draw();
  root.addEventListener("populace", (event) => change(event.detail));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  // On paper everything is light, and a chart is as wide as the paper; what is folded is open.
  const folded = Array.from(document.querySelectorAll("details"));
  let before = [];
  addEventListener("beforeprint", () => {
    before = folded.map((one) => one.open);
    folded.forEach((one) => { one.open = true; });
    root.dataset.paper = "";
    draw();
    for (const u of charts) u.setSize({ width: 640, height: 170 });
  });
  addEventListener("afterprint", () => {
    folded.forEach((one, n) => { one.open = before[n]; });
    delete root.dataset.paper;
    draw();
  });
})();

"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  // ----- numbers ---------------------------------------------------------------------------------------------------

  function decoded(text, kind) {
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return new kind(bytes.buffer);
  }

  // The page shows the end of the run as it is, so columns are read when somebody first asks for more.
  const columns = {};
  function column(name) {
    columns[name] ??= decoded(data[name], name === "moments" ? Uint32Array : Float64Array);
    return columns[name];
  }

  let start = 0;
  for (const expression of data.expressions) {
    expression.start = start;
    start += expression.runs;
  }

  // The same digits as Python's format "g", which wrote what the page shows at first.
  function numeral(value, digits = 6) {
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
    if (value === 0) return Object.is(value, -0) ? "-0" : "0";
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    const short = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
    if (power < -4 || power >= digits) return short(mantissa) + "e" + Number(power);
    return short(value.toFixed(digits - 1 - power));
  }

  // The position of the last run at or before a moment; the first run, where all are later.
  function runAt(expression, moment) {
    const moments = column("moments");
    let low = expression.start, high = expression.start + expression.runs;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (moments[middle] <= moment) low = middle; else high = middle;
    }
    return low;
  }

  function elasticityAt(run) {
    if (!data.value) return NaN;
    return column("values")[run] * column("derivatives")[run] / data.value + 0;
  }

  // What Python says of a run that its number does not: value, derivative, and whether no input is behind it.
  const wordsOf = (x, run) => x.arrays?.[run - x.start];

  function valueText(expression, run) {
    const value = column("values")[run];
    if (expression.truth) return value ? "True" : "False";
    return wordsOf(expression, run)?.[0] ?? numeral(value);
  }

  function slopeText(expression, run) {
    if (expression.truth) return "";
    return wordsOf(expression, run)?.[1] ?? numeral(column("derivatives")[run]);
  }

  function elasticityText(expression, run) {
    return slopeText(expression, run) && !Number.isNaN(column("values")[run]) ? numeral(elasticityAt(run), 3) : "";
  }

  // Which of all runs one is; of many, some are kept.
  function numberOf(expression, run) {
    const last = run === expression.runs - 1;
    return last ? expression.times ?? expression.runs : run * (expression.stride ?? 1) + 1;
  }

  // ----- functions, lines and their runs ---------------------------------------------------------------------------

  const rows = new Map();
  const functions = data.functions.map((described, index) => {
    const section = document.querySelector(`section[data-function="${index}"]`);
    const made = { ...described, index, section, moment: Infinity, slider: section.querySelector("input[type=range]") };
    for (const line of described.lines) {
      const row = document.getElementById(`source-${index}-${line.number}`);
      rows.set(key(index, line.number), { line, row, owner: made, detail: null });
    }
    return made;
  });

  function key(functionIndex, line) { return `${functionIndex}-${line}`; }

  function setBar(bar, size) {
    bar.firstElementChild.setAttribute("width", `${Number.isNaN(size) ? 0 : Math.min(Math.abs(size), 1) * 100}%`);
    bar.classList.toggle("negative", size < 0);
    bar.classList.toggle("positive", !(size < 0));
  }

  function showLine(entry) {
    const { line, row, owner } = entry;
    const values = row.querySelectorAll(".value > div > span");
    const derivatives = row.querySelectorAll(".derivative > div > span");
    const elasticities = row.querySelectorAll(".elasticity > div");
    line.shown.forEach((position, i) => {
      const expression = data.expressions[position];
      const run = runAt(expression, owner.moment);
      values[i].textContent = valueText(expression, run);
      values[i].parentElement.classList.toggle("plain", Boolean(wordsOf(expression, run)?.[2]));
      derivatives[i].textContent = slopeText(expression, run);
      elasticities[i].querySelector("span").textContent = elasticityText(expression, run);
      const bar = elasticities[i].querySelector(".bar");
      if (bar) setBar(bar, data.largest && slopeText(expression, run) ? elasticityAt(run) / data.largest : NaN);
      for (const cell of [values[i].parentElement, derivatives[i].parentElement]) {
        mark(cell.querySelector(".spark"), (run - expression.start) / Math.max(expression.runs - 1, 1));
      }
    });
    if (entry.detail) fillDetail(entry);
  }

  function mark(spark, part) {
    const line = spark?.querySelector("line");
    for (const end of ["x1", "x2"]) line?.setAttribute(end, part * spark.viewBox.baseVal.width);
  }

  function setRun(owner, wanted) {
    if (!owner.slider) return;
    const clock = data.expressions[owner.clock];
    const run = Math.min(Math.max(wanted, 1), clock.runs);
    // At the end everything shows its last run, also what comes after the loop.
    owner.moment = run === clock.runs ? Infinity : column("moments")[clock.start + run - 1];
    owner.slider.value = run;
    const [number, times] = [numberOf(clock, run - 1), clock.times ?? clock.runs];
    owner.slider.setAttribute("aria-valuetext", `run ${number} of ${times}`);
    const output = owner.slider.parentElement.querySelector("output");
    output.textContent = `${number.toLocaleString("en")} of ${times.toLocaleString("en")}`;
    for (const line of owner.lines) showLine(rows.get(key(owner.index, line.number)));
    light(active);
  }

  // The first run of the function's clock that is not before a moment.
  function runFor(owner, moment) {
    const clock = data.expressions[owner.clock];
    const run = runAt(clock, moment) - clock.start;
    return column("moments")[clock.start + run] >= moment ? run + 1 : run + 2;
  }

  // ----- the operations of a line ----------------------------------------------------------------------------------

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function toggleDetail(entry) {
    const button = entry.row.querySelector("button");
    button.setAttribute("aria-expanded", String(!entry.detail));
    if (entry.detail) {
      entry.detail.remove();
      entry.detail = null;
      return;
    }
    const cell = element("td", { colSpan: 6 });
    cell.setAttribute("role", "cell");
    entry.detail = element("tr", { className: "detail" }, cell);
    entry.detail.setAttribute("role", "row");
    entry.row.after(entry.detail);
    fillDetail(entry);
  }

  function fillDetail(entry) {
    const titles = ["operation", "Function", "value", "derivative", "elasticity", "rounding", "runs"];
    const head = element("tr", {}, ...titles.map((title, i) => {
      const cell = element("th", { scope: "col", textContent: title });
      if (i > 1) cell.className = "number";
      return cell;
    }));
    const body = element("tbody", {}, ...entry.line.all.map((position) => operationRow(entry, position)));
    const table = element("table", {}, element("thead", {}, head), body);
    table.setAttribute("aria-label", `operations of line ${entry.line.number}`);
    entry.detail.firstElementChild.replaceChildren(table);
  }

  function operationRow(entry, position) {
    const expression = data.expressions[position];
    const run = runAt(expression, entry.owner.moment);
    const number = (text) => element("td", { className: "number", textContent: text });
    const runs = number(expression.runs > 1 ? "" : "1");
    const kept = column("values").subarray(expression.start, expression.start + expression.runs);
    if (expression.runs > 1 && kept.some(Number.isFinite)) runs.append(sparkline(expression, run));
    return element("tr", {},
      element("td", {}, element("code", { textContent: expression.text })),
      element("td", { textContent: expression.operation }),
      number(valueText(expression, run)),
      number(slopeText(expression, run)),
      number(elasticityText(expression, run)),
      number(expression.operation === expression.operation.toLowerCase() ? "" : numeral(column("roundings")[run], 3)),
      runs);
  }

  // The values of all runs, thinned out to the lowest and highest of each stretch.
  function sparkline(expression, now) {
    const all = column("values").subarray(expression.start, expression.start + expression.runs);
    const finite = all.filter(Number.isFinite);
    const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
    const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
    const across = (i) => (100 * i / Math.max(all.length - 1, 1)).toFixed(2);
    const up = (value) => (high > low ? 24 - 22 * (value - low) / (high - low) : 13).toFixed(2);
    const points = [];
    const step = Math.max(1, Math.ceil(all.length / 200));
    for (let i = 0; i < all.length; i += step) {
      const stretch = all.subarray(i, i + step).filter(Number.isFinite);
      if (!stretch.length) continue;
      points.push([i, stretch[0]]);
      if (step > 1) points.push([i, Math.min(...stretch)], [i, Math.max(...stretch)]);
    }
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS(svg.namespaceURI, "path");
    const mark = document.createElementNS(svg.namespaceURI, "line");
    svg.setAttribute("class", "spark");
    svg.setAttribute("viewBox", "0 0 100 26");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("role", "img");
    const runs = (expression.times ?? expression.runs).toLocaleString("en");
    const ends = `first ${numeral(all[0])}, last ${numeral(all.at(-1))}`;
    svg.setAttribute("aria-label", `value over ${runs} runs: ${ends}, lowest ${numeral(low)}, highest ${numeral(high)}`);
    path.setAttribute("d", points.map(([i, value], n) => `${n ? "L" : "M"}${across(i)} ${up(value)}`).join(""));
    const x = across(now - expression.start);
    for (const [name, value] of [["x1", x], ["x2", x], ["y1", 0], ["y2", 26]]) mark.setAttribute(name, value);
    svg.append(path, mark);
    return svg;
  }

  // ----- lines and boxes light each other up -----------------------------------------------------------------------

  const boxes = new Map();
  const boxesOfLine = new Map();
  for (const [id, link] of Object.entries(data.links)) {
    const box = document.querySelector(`#diagram g[id="${CSS.escape(id)}"]`);
    if (!box) continue;
    boxes.set(id, { box, ...link });
    for (const [functionIndex, line] of link.lines) {
      const name = key(functionIndex, line);
      boxesOfLine.set(name, [...(boxesOfLine.get(name) ?? []), id]);
    }
  }

  let active = { lines: [], boxes: [] };
  let pinned = null;
  const NOTHING = { lines: [], boxes: [] };
  const ofLine = (name) => ({ lines: [name], boxes: boxesOfLine.get(name) ?? [] });
  const ofBox = (id) => ({ lines: boxes.get(id).lines.map(([f, line]) => key(f, line)), boxes: [id] });

  function light(selection) {
    for (const name of active.lines) rows.get(name)?.row.classList.remove("lit");
    for (const id of active.boxes) boxes.get(id).box.classList.remove("lit", "now");
    active = selection;
    for (const name of active.lines) rows.get(name)?.row.classList.add("lit");
    for (const id of active.boxes) {
      const { box, lines, moment } = boxes.get(id);
      box.classList.add("lit");
      box.classList.toggle("now", moment !== null && lines.some(([f, line]) => isCurrent(f, line, moment)));
    }
  }

  function isCurrent(functionIndex, line, moment) {
    const entry = rows.get(key(functionIndex, line));
    return entry.line.all.some((position) => {
      return column("moments")[runAt(data.expressions[position], entry.owner.moment)] === moment;
    });
  }

  function pin(selection) {
    pinned = selection;
    light(selection ?? NOTHING);
  }

  function showBox(id) {
    const { box } = boxes.get(id);
    const frame = box.closest(".picture");
    const [inner, outer] = [box.getBoundingClientRect(), frame.getBoundingClientRect()];
    const outside = inner.top < outer.top || inner.bottom > outer.bottom || inner.left < outer.left || inner.right > outer.right;
    if (!outside) return;
    frame.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
    frame.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  }

  // ----- what a reader does ----------------------------------------------------------------------------------------

  // One stop for the tabulator per group; arrow keys go on within it.
  function roving(members, keys, onMove) {
    members.forEach((member, i) => {
      member.tabIndex = i ? -1 : 0;
      member.addEventListener("focus", () => {
        for (const other of members) other.tabIndex = other === member ? 0 : -1;
      });
      member.addEventListener("keydown", (event) => {
        const goal = { [keys[0]]: i - 1, [keys[1]]: i + 1, Home: 0, End: members.length - 1 }[event.key];
        if (goal === undefined || !members[goal]) return;
        event.preventDefault();
        members[goal].focus();
        onMove?.(members[goal]);
      });
    });
  }

  for (const [name, entry] of rows) {
    const { row, owner } = entry;
    const button = row.querySelector("button");
    row.addEventListener("mouseenter", () => light(ofLine(name)));
    row.addEventListener("mouseleave", () => light(pinned ?? NOTHING));
    row.addEventListener("click", (event) => {
      if (getSelection().isCollapsed) choose();
    });
    button.addEventListener("focus", () => light(ofLine(name)));
    button.addEventListener("blur", () => light(pinned ?? NOTHING));
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      toggleDetail(entry);
      choose();
    });
    button.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step || !owner.slider) return;
      event.preventDefault();
      setRun(owner, Number(owner.slider.value) + step);
    });
    function choose() {
      pin(ofLine(name));
      const current = active.boxes.find((id) => boxes.get(id).box.classList.contains("now")) ?? active.boxes[0];
      if (current) showBox(current);
    }
  }

  for (const owner of functions) {
    roving([...owner.section.querySelectorAll(".line-number button")], ["ArrowUp", "ArrowDown"]);
    owner.slider?.addEventListener("input", () => setRun(owner, Number(owner.slider.value)));
  }

  for (const [id, { box, lines, moment }] of boxes) {
    box.classList.add("linked");
    box.setAttribute("role", "button");
    box.setAttribute("aria-label", box.querySelector("title")?.textContent.replace(/\s*\n\s*/g, ", ") ?? id);
    box.addEventListener("mouseenter", () => light(ofBox(id)));
    box.addEventListener("mouseleave", () => light(pinned ?? NOTHING));
    box.addEventListener("focus", () => light(ofBox(id)));
    box.addEventListener("blur", () => light(pinned ?? NOTHING));
    const open = () => {
      pin(ofBox(id));
      const entry = rows.get(key(...lines[0]));
      if (moment !== null && entry.owner.slider) setRun(entry.owner, runFor(entry.owner, moment));
      entry.row.scrollIntoView({ block: "nearest" });
    };
    box.addEventListener("click", open);
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  }
  roving([...boxes.values()].map(({ box }) => box), ["ArrowLeft", "ArrowRight"], (box) => showBox(box.id));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") pin(null);
  });
  window.addEventListener("hashchange", () => {
    const name = location.hash.replace(/^#source-/, "");
    if (rows.has(name)) pin(ofLine(name));
  });
})();

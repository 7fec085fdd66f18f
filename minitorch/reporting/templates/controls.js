"use strict";
(() => {
  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // ----- long stretches of lines that computed nothing -------------------------------------------------------------

  const SHORTEST_FOLD = 6;

  function fold(section) {
    let stretch = [];
    const lines = [...section.querySelectorAll("tr.line")];
    for (const row of [...lines.slice(1), null]) {
      if (row && !row.classList.contains("active")) {
        stretch.push(row);
        continue;
      }
      // The lines beside those that computed something stay, since they often belong to them.
      if (row) stretch.pop();
      if (stretch.length >= SHORTEST_FOLD) hide(stretch);
      stretch = [];
    }
  }

  function hide(stretch) {
    const button = element("button", { type: "button", textContent: `⋯ ${stretch.length} lines` });
    const number = element("th");
    const cell = element("td", { colSpan: 5 }, button);
    const row = element("tr", { className: "fold" }, number, cell);
    number.setAttribute("role", "cell");
    cell.setAttribute("role", "cell");
    row.setAttribute("role", "row");
    stretch[0].before(row);
    for (const line of stretch) line.classList.add("folded");
    button.addEventListener("click", () => {
      row.remove();
      for (const line of stretch) line.classList.remove("folded");
    });
  }

  for (const section of document.querySelectorAll("section.function")) fold(section);

  // ----- the size of the diagram -----------------------------------------------------------------------------------

  const aside = document.getElementById("diagram");
  const picture = aside.querySelector(".picture");
  const svg = picture.querySelector("svg");
  const natural = svg?.getBoundingClientRect();
  let width = natural?.width;
  let isFitted = true;

  function resize(wanted) {
    width = wanted;
    svg.style.width = `${width}px`;
    svg.style.height = `${width * natural.height / natural.width}px`;
  }

  // All of it is seen, but nothing larger than it was drawn, unless there is a whole screen for it.
  function fit() {
    const style = getComputedStyle(picture);
    const room = picture.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const full = aside.classList.contains("full");
    const tall = full ? picture.clientHeight : parseFloat(style.maxHeight);
    const height = tall - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const most = natural.width * (full ? 2 : 1);
    isFitted = true;
    resize(Math.max(1, Math.min(room, height * natural.width / natural.height, most)));
  }

  function setFull(on) {
    aside.classList.toggle("full", on);
    document.body.classList.toggle("covered", on);
    const button = document.getElementById("full");
    button.setAttribute("aria-pressed", String(on));
    button.firstChild.textContent = on ? "leave full screen " : "full screen ";
    button.lastElementChild.textContent = on ? "Esc" : "F";
    if (on) aside.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
    fit();
    (on ? picture : button).focus({ preventScroll: !on });
  }

  // Before the page's own Escape, which lets go of a line.
  function onKey(event) {
    const isFull = aside.classList.contains("full");
    const isTyping = event.target.closest?.("input:not([type=range]), textarea, select");
    const isAlone = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping;
    if (!(event.key === "Escape" ? isFull : event.key.toLowerCase() === "f" && isAlone)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setFull(!isFull);
  }

  if (svg) {
    svg.style.setProperty("--natural", `${natural.width}px`);
    fit();
    document.addEventListener("keydown", onKey, { capture: true });
    new ResizeObserver(() => { if (isFitted) fit(); }).observe(picture);
    window.addEventListener("resize", () => { if (isFitted) fit(); });
    for (const button of aside.querySelectorAll("[data-zoom]")) {
      const factor = Number(button.dataset.zoom);
      button.addEventListener("click", () => {
        if (!factor) return fit();
        isFitted = false;
        return resize(width * factor);
      });
    }
    document.getElementById("full").addEventListener("click", () => setFull(!aside.classList.contains("full")));
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement && aside.classList.contains("full")) setFull(false);
    });
  }

  // ----- the order of the inputs -----------------------------------------------------------------------------------

  const inputs = document.getElementById("inputs");
  const heads = [...inputs.tHead.rows[0].cells];

  // By number, the unknown at the end; by the first column in the order of the call.
  function sortInputs(index, direction) {
    const numberIn = (row) => Number(index ? row.cells[index].dataset.value.replace("inf", "Infinity") : row.dataset.place);
    const known = (x) => !Number.isNaN(x);
    const rowsInOrder = [...inputs.tBodies[0].rows].sort((a, b) => {
      const [x, y] = [numberIn(a), numberIn(b)];
      return known(x) && known(y) ? direction * (x - y) || 0 : known(y) - known(x);
    });
    inputs.tBodies[0].append(...rowsInOrder);
    heads.forEach((head, i) => {
      if (i === index) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
  }

  heads.forEach((head, index) => {
    const button = element("button", { type: "button", className: "sort" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sortInputs(index, now ? (now === "ascending" ? -1 : 1) : index ? -1 : 1);
    });
  });

  for (const hidden of document.querySelectorAll(".scripted")) hidden.hidden = false;
  if (!svg) document.querySelector(".zoom").hidden = true;
})();

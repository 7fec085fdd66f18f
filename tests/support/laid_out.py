"""What is wrong with a picture as a browser shows it: texts that are cut or crossed, edges that run through nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser import Browser

FAULTS = """
const faults = [], svg = document.querySelector("svg.minitorch-graph"), page = svg.getBoundingClientRect();
const name = text => `"${text.textContent}"`;
// The letters of a text, without blanks at its ends: its box has room above and below them.
const letters = text => {
  const box = text.getBBox(), all = text.textContent, blanks = all.length - all.trimStart().length;
  const first = text.getExtentOfChar(blanks), last = text.getExtentOfChar(all.trimEnd().length - 1);
  return {left: first.x, right: last.x + last.width, top: box.y + 0.22 * box.height, bottom: box.y + 0.78 * box.height};
};
const outlines = [...svg.querySelectorAll(".node")].map(node => {
  const shape = node.querySelector("ellipse,polygon,path,rect"), box = shape.getBBox();
  return {node, oval: shape.tagName === "ellipse", x: box.x + box.width / 2, y: box.y + box.height / 2,
          rx: box.width / 2, ry: box.height / 2};
});
const inside = (shape, x, y, margin) => {
  const across = Math.abs(x - shape.x) / (shape.rx - margin), up = Math.abs(y - shape.y) / (shape.ry - margin);
  return shape.oval ? across * across + up * up < 1 : across < 1 && up < 1;
};
for (const shape of outlines)
  for (const text of shape.node.querySelectorAll("text")) {
    const box = letters(text);
    for (const x of [box.left, box.right])
      for (const y of [box.top, box.bottom])
        if (!inside(shape, x, y, -0.5)) faults.push(`${name(text)} leaves its node`);
  }
for (const text of svg.querySelectorAll("text")) {
  const box = text.getBoundingClientRect();
  if (box.left < page.left || box.right > page.right || box.top < page.top - 1 || box.bottom > page.bottom + 1)
    faults.push(`${name(text)} is cut at the border`);
}
const loose = [...svg.querySelectorAll(".edge text, .cluster text")].map(text => [text, letters(text)]);
loose.forEach(([text, box], i) => {
  for (const [other, its] of loose.slice(i + 1)) {
    if (box.left < its.right && its.left < box.right && box.top < its.bottom && its.top < box.bottom)
      faults.push(`${name(text)} lies over ${name(other)}`);
  }
  for (const shape of outlines)
    for (let x = box.left; x <= box.right; x += 2)
      for (const y of [box.top, (box.top + box.bottom) / 2, box.bottom])
        if (inside(shape, x, y, 0.5)) faults.push(`${name(text)} lies over ${shape.node.id}`);
});
for (const edge of svg.querySelectorAll(".edge")) {
  const ends = [edge.dataset.tail, edge.dataset.head];
  for (const path of edge.querySelectorAll("path")) {
    const length = path.getTotalLength();
    for (let at = 0; at <= length; at += 1.5) {
      const {x, y} = path.getPointAtLength(at);
      for (const [text, box] of loose)
        if (box.left < x && x < box.right && box.top < y && y < box.bottom)
          faults.push(`${edge.id} crosses ${name(text)}`);
      for (const shape of outlines)
        if (!ends.includes(shape.node.id) && inside(shape, x, y, 1.5))
          faults.push(`${edge.id} from ${ends.join(" to ")} crosses ${shape.node.id}`);
    }
  }
}
return {width: page.width, height: page.height, faults: [...new Set(faults)]};
"""

MOST = 12


@dataclass(frozen=True)
class Shown:
    """A picture as it is shown.

    Args:
        width: in pixels.
        height: in pixels.
        faults: what is wrong with it.
    """

    width: float
    height: float
    faults: Sequence[str]


def shown(browser: Browser, svg: str, folder: Path) -> Shown:
    """Show a picture in a browser, and look at it."""
    page = folder / "picture.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:0'>{svg}", encoding="utf-8")
    browser.open(page, width=2000)
    seen: dict[str, Any] = browser.run(FAULTS)
    return Shown(seen["width"], seen["height"], tuple(seen["faults"][:MOST]))

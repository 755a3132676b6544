// Tables that are wider than the screen scroll, and say so; wider than the paper, they turn it, then become smaller.

import { element, say } from "./words.js";

// The widths of A4 between its margins, in CSS pixels: upright, turned. Letter is wider upright, and narrower by 5 %.
const UPRIGHT = 700;
const TURNED = 970;
const SMALLEST = 0.5;

/** Say that a table scrolls while it does, and let the keyboard scroll it. */
export function watchWidth(root, columns) {
  const scroll = root.querySelector(".scroll");
  const note = element("p", { class: "note scrolls", hidden: true }, say("wide", { count: columns }));
  scroll.before(note);
  const look = () => {
    const wide = scroll.scrollWidth > scroll.clientWidth + 1;
    root.classList.toggle("wide", wide);
    note.hidden = !wide;
    if (wide) scroll.setAttribute("tabindex", "0");
    else scroll.removeAttribute("tabindex");
  };
  new ResizeObserver(look).observe(scroll);
  new ResizeObserver(look).observe(scroll.firstElementChild);
}

/** The headings right above a table: they go with it. */
function leadsOf(root) {
  const leads = [];
  for (let part = root.previousElementSibling; part?.matches("h2, h3"); part = part.previousElementSibling) leads.push(part);
  return leads;
}

/** Fit a table to paper, or to the screen again. */
export function widthForPrint(root, printing) {
  const scroll = root.querySelector(".scroll");
  const table = scroll.querySelector("table");
  root.querySelector(":scope > .cut")?.remove();
  const leads = leadsOf(root);
  [root, ...leads].forEach((part) => part.classList.remove("turned"));
  table.style.zoom = "";
  root.classList.toggle("printing", printing);
  if (!printing) return;
  scroll.style.width = `${UPRIGHT}px`;
  const wanted = table.scrollWidth;
  scroll.style.width = "";
  if (wanted <= UPRIGHT) return;
  const inside = root.closest(".columns, .behind") !== null;
  if (!inside) [root, ...leads].forEach((part) => part.classList.add("turned"));
  const part = (inside ? scroll.clientWidth : TURNED) / wanted;
  if (part < 1) table.style.zoom = Math.max(part, SMALLEST);
  if (part < SMALLEST) scroll.before(element("p", { class: "note cut" }, say("cut")));
}

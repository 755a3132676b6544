// The lines of a table as elements; what is data becomes text, never markup.

import { element, say } from "./words.js";

const KINDS = ["row", "group", "subtotal", "total", "others"];
const LONG_WORD = /\S{29}/;
const SAFE = /^(https?:\/\/|mailto:)/i;

/** Return a row; `opener` is the button that shows the rows behind it, or null. */
export function rowOf(rows, row, opener = null) {
  const cells = rows.columns.map((column, index) => cellOf(column, row, index === 0, index === 0 ? opener : null));
  return element("tr", { class: "row level-0" }, ...cells);
}

/** Return a line that is no row; its head runs into the empty cells beside it. */
export function lineOf(rows, line, continued = false) {
  const filled = line.texts.findIndex((text, index) => index > 0 && text !== "");
  const span = filled < 0 ? line.texts.length : filled;
  const name = continued ? say("again", { name: line.texts[0] }) : line.texts[0];
  const head = element("th", {
    scope: line.kind === 1 ? "rowgroup" : "row", class: "left", colspan: span > 1 ? span : null,
  }, name);
  const others = line.texts.slice(span).map((text, index) => element("td", { class: rows.columns[span + index].align }, text));
  const classes = `${KINDS[line.kind]} level-${line.level}${continued ? " continued" : ""}`;
  return element("tr", { class: classes }, head, ...others);
}

function cellOf(column, row, first, opener) {
  const entry = column.entry(row);
  const [shade, bar] = [column.shades?.[entry] ?? null, column.bars?.[entry] ?? null];
  const tone = column.tones?.[entry] ?? null;
  const long = LONG_WORD.test(column.texts[entry]);
  const classes = [
    column.align, column.whole ? "whole" : null, long ? "long" : null, tone, shade === null ? null : "shaded", bar === null ? null : "barred",
  ];
  const link = column.link(row);
  const text = link !== null && SAFE.test(link)
    ? element("a", { href: link, rel: "noopener noreferrer", target: "_blank" }, column.texts[entry])
    : column.texts[entry];
  const cell = element(first ? "th" : "td", { scope: first ? "row" : null, class: classes.filter(Boolean).join(" ") });
  if (opener) cell.append(opener, " ");
  cell.append(text);
  if (shade !== null) cell.style.setProperty("--part", shade);
  if (bar !== null) ["--from", "--to"].forEach((name, index) => cell.style.setProperty(name, bar[index]));
  return cell;
}

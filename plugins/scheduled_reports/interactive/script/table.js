// A table that sorts, filters, pages, opens its rows, and prints all of them.

import { lineOf, rowOf } from "./cells.js";
import { Details, openerOf } from "./details.js";
import { Pages } from "./pages.js";
import { Rows } from "./rows.js";
import { csvOf, fileName, saved } from "./spreadsheet.js";
import { watchWidth, widthForPrint } from "./width.js";
import { element, say } from "./words.js";

const PAGE = 50;
const SMALL = 10;
const PATIENCE = 150;
const PRINTED = 5_000;
const NEXT = { none: "up", up: "down", down: "none" };
const ARIA = { none: "none", up: "ascending", down: "descending" };

let number = 0;

export class Table {
  #page = 0;
  #size = PAGE;
  #printing = false;
  #open = new Map();

  /** Take over the table in `root`; `only` are the rows of `data` that it has, all of them unless given. */
  constructor(root, data, title, only = null) {
    this.root = root;
    this.title = title;
    this.rows = new Rows(data, only);
    this.details = data.detail ? new Details(data.detail) : null;
    this.id = `rows-${number += 1}`;
    this.body = root.querySelector("tbody");
    this.note = element("p", { class: "note", role: "status" });
    this.pages = new Pages(title, PAGE, (page) => this.#turn(page), (size) => this.#resize(size));
    this.#addControls();
    this.heads = [...root.querySelectorAll("thead th")].map((head, column) => this.#addSorting(head, column));
    root.querySelector(".scroll").after(this.#below());
    this.render();
    watchWidth(root, this.rows.columns.length);
  }

  /** Show the lines of the page. */
  render() {
    const { lines } = this.rows;
    const pages = Math.max(Math.ceil(lines.length / this.#size), 1);
    this.#page = Math.min(this.#page, pages - 1);
    const [from, to] = this.#printing ? [0, PRINTED] : [this.#page * this.#size, (this.#page + 1) * this.#size];
    const shown = lines.slice(from, to);
    const heads = shown.length && from > 0 ? this.rows.headsAt(from) : [];
    this.body.replaceChildren(
      ...heads.map((line) => lineOf(this.rows, line, true)), ...shown.flatMap((line) => this.#elements(line)),
    );
    if (!shown.length) {
      const nothing = element("td", { colspan: this.rows.columns.length }, say("none"));
      this.body.append(element("tr", { class: "nothing" }, nothing));
    }
    this.pages.show(this.#page, pages);
    this.#tell(from, shown);
  }

  /** Show all rows for print, as many as a printer bears; then the page again. */
  print(printing) {
    this.#printing = printing;
    for (const table of this.#open.values()) table.print(printing);
    // Chromium repeats the head of a table on every page, but not the buttons in it.
    this.heads.forEach(({ head, button, label }) => button && head.replaceChildren(printing ? label : button));
    this.render();
    widthForPrint(this.root, printing);
  }

  #elements(line) {
    if (line < 0) return [lineOf(this.rows, this.rows.between[-1 - line])];
    const opens = this.rows.opens?.[line];
    if (!opens) return [rowOf(this.rows, line)];
    const id = `${this.id}-behind-${line}`;
    const name = this.rows.columns[0].text(line);
    const isOpen = this.#open.has(line);
    const opener = openerOf(name, id, isOpen, () => this.#toggle(line));
    const row = rowOf(this.rows, line, opener);
    return isOpen ? [row, this.#behind(line, id)] : [row];
  }

  #toggle(line) {
    if (!this.#open.delete(line)) this.#open.set(line, this.#tableBehind(line));
    this.render();
    this.body.querySelector(`[aria-controls="${this.id}-behind-${line}"]`).focus();
  }

  #behind(line, id) {
    const cell = element("td", { colspan: this.rows.columns.length }, this.#open.get(line).root);
    return element("tr", { class: "behind", id }, cell);
  }

  #tableBehind(line) {
    const title = say("behind", { name: this.rows.columns[0].text(line) });
    const { data } = this.details;
    const heads = data.columns.map((column) => element("th", { scope: "col", class: column.align }, column.label));
    const table = element(
      "table", { "aria-label": title }, element("thead", {}, element("tr", {}, ...heads)), element("tbody"),
    );
    const root = element("figure", { class: "table" }, element("div", { class: "scroll" }, table));
    return new Table(root, data, title, Uint32Array.from(this.details.behind(this.rows.opens[line])));
  }

  #addSorting(head, column) {
    if (this.rows.count < 2) return { head };
    const label = head.textContent;
    const button = element("button", { type: "button", class: "sorter" }, label);
    button.addEventListener("click", () => this.#sort(column));
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    return { head, button, label };
  }

  #sort(column) {
    const { sorted } = this.rows;
    const direction = NEXT[sorted?.column === column ? sorted.direction : "none"];
    this.rows.sort(direction === "none" ? null : column, direction);
    this.heads.forEach(({ head }, index) => head.setAttribute("aria-sort", index === column ? ARIA[direction] : "none"));
    this.#turn(0);
  }

  #addControls() {
    if (this.rows.count <= SMALL) return;
    const named = this.title || say("table");
    const input = element("input", {
      type: "search", placeholder: say("filter"), "aria-label": say("filterOf", { title: named }), autocomplete: "off",
    });
    let waiting = 0;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.#filter(input.value), PATIENCE);
    });
    const bar = element("div", { class: "controls" }, input, this.#download(named));
    this.root.querySelector(".scroll").before(bar);
  }

  #download(named) {
    const label = say("downloadOf", { title: named });
    const button = element("button", { type: "button", class: "quiet", "aria-label": label }, say("download"));
    button.addEventListener("click", () => {
      const content = new Blob(["\ufeff", csvOf(this.rows)], { type: "text/csv;charset=utf-8" });
      saved(content, fileName(this.title, "csv"));
    });
    return button;
  }

  #below() {
    const about = element("div", { class: "below" }, this.note, this.pages.root);
    if (!this.details?.unopened) return about;
    about.append(element("p", { class: "note" }, say("unopened", { count: this.details.unopened })));
    return about;
  }

  #filter(text) {
    this.rows.filter(text);
    this.#turn(0);
  }

  #turn(page) {
    this.#page = page;
    this.render();
  }

  #resize(size) {
    this.#size = size;
    this.#turn(0);
  }

  /** Say which rows are shown, and of what the totals are. */
  #tell(from, shown) {
    const { fitting, count, filtered, lines } = this.rows;
    const told = [];
    if (filtered) told.push(say("fitting", { count: fitting, all: count }));
    if (filtered && fitting < count && this.#hasSums()) told.push(say("sums"));
    if (shown.length < lines.length) told.push(this.#place(from, shown));
    this.note.textContent = told.join(" · ");
    this.note.hidden = !told.length;
  }

  #place(from, shown) {
    const all = this.rows.fitting;
    const rows = shown.filter((line) => line >= 0).length;
    if (this.#printing) return say("printedPart", { count: rows, all });
    const before = this.rows.lines.slice(0, from).filter((line) => line >= 0).length;
    return rows === 1 ? say("oneRow", { from: before + 1, all }) : say("rows", { from: before + 1, to: before + rows, all });
  }

  #hasSums() {
    return this.rows.foot.length > 0 || this.rows.between.some((line) => line.kind !== 1);
  }
}

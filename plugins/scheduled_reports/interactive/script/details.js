// The rows behind a row: a table of its own below it, made when somebody opens it.

import { Column, unpacked } from "./column.js";
import { element, say } from "./words.js";

export class Details {
  #behind = null;
  #of;

  constructor(data) {
    this.data = { ...data, columns: data.columns.map((column) => new Column(column)) };
    this.unopened = data.unopened;
    this.#of = unpacked(data.of);
  }

  /** The rows behind a row that opens `number`. */
  behind(number) {
    this.#behind ??= this.#divided();
    return this.#behind.get(number) ?? new Uint32Array();
  }

  #divided() {
    const found = new Map();
    this.#of.forEach((number, row) => {
      if (!found.has(number)) found.set(number, []);
      found.get(number).push(row);
    });
    return found;
  }
}

/** Return the button that shows the rows behind a row, named by its first cell. */
export function openerOf(name, id, open, toggle) {
  const button = element("button", {
    type: "button", class: "opener", "aria-expanded": String(open), "aria-controls": id,
    "aria-label": say(open ? "close" : "open", { name }),
  });
  button.addEventListener("click", toggle);
  return button;
}

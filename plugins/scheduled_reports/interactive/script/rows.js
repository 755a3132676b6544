// Which lines of a table are shown, in which order: rows by their number, the lines between them as -1, -2, and so on.

import { Column, folded, unpacked } from "./column.js";

const GROUP = 1;

export class Rows {
  #start;
  #stretches = [];
  #spans = [];
  #fitting = null;

  /** `data` is what `table_data.py` writes; `only` are the rows that take part, all of them unless given. */
  constructor(data, only = null) {
    this.columns = data.columns.map((column) => (column instanceof Column ? column : new Column(column)));
    this.between = data.between.map(([before, kind, level, texts]) => ({ before, kind, level, texts }));
    this.foot = data.foot.map(([before, kind, level, texts]) => ({ before, kind, level, texts }));
    this.groups = data.groups;
    this.all = data.rows;
    this.opens = data.opens ? unpacked(data.opens) : null;
    this.#start = only ?? Uint32Array.from({ length: data.rows }, (_, row) => row);
    this.count = this.#start.length;
    this.sorted = null;
    this.words = [];
    this.#divide();
    this.arrange();
  }

  /** How many rows fit the filter. */
  get fitting() {
    return this.#fitting === null ? this.count : this.#fitting.reduce((sum, fits) => sum + fits, 0);
  }

  get filtered() {
    return this.words.length > 0;
  }

  /** Sort by a column, `up` or `down`; null is the order of the report. */
  sort(column, direction) {
    this.sorted = column === null ? null : { column, direction };
    this.arrange();
  }

  /** Keep the rows that have every word of `text` in some cell. */
  filter(text) {
    this.words = folded(text).split(/\s+/).filter(Boolean);
    this.#fitting = this.words.length ? this.#fits() : null;
    this.arrange();
  }

  /** Put the lines in order: rows are sorted within their group, and groups without a row that fits are left out. */
  arrange() {
    const sums = this.#sums();
    const found = [];
    let stretch = 0;
    this.between.forEach((line, index) => {
      while (stretch < this.#stretches.length && this.#stretches[stretch][0] < line.before) {
        this.#append(found, this.#stretches[stretch]);
        stretch += 1;
      }
      const [from, to] = this.#spans[index];
      if (!sums || sums[to] > sums[from]) found.push(-1 - index);
    });
    for (; stretch < this.#stretches.length; stretch += 1) this.#append(found, this.#stretches[stretch]);
    this.lines = found;
  }

  /** The heads of the groups in which the line at a place of `lines` lies, the widest first. */
  headsAt(place) {
    const heads = [];
    for (let at = place - 1; at >= 0; at -= 1) {
      const line = this.lines[at] < 0 ? this.between[-1 - this.lines[at]] : null;
      const level = heads.length ? heads[0].level : Infinity;
      if (line && line.kind === GROUP && line.level < level && this.#goesOnTo(line, place)) heads.unshift(line);
      if (heads.length && heads[0].level === 0) break;
    }
    return heads;
  }

  #goesOnTo(head, place) {
    const line = this.lines[place];
    const [from, to] = this.#spans[this.between.indexOf(head)];
    if (line >= 0) return from <= line && line < to;
    const other = this.between[-1 - line];
    return other.kind === GROUP ? head.level < other.level && other.before < to : head.level <= other.level;
  }

  /** Find the stretches of rows without a line between, and the rows that each line between is about. */
  #divide() {
    const cuts = [...new Set([0, ...this.between.map((line) => line.before), this.count])].sort((a, b) => a - b);
    for (let index = 1; index < cuts.length; index += 1) this.#stretches.push([cuts[index - 1], cuts[index]]);
    const open = [];
    this.between.forEach((line, index) => {
      if (line.kind === GROUP) {
        for (const level of open.keys()) {
          if (level >= line.level && open[level] !== undefined) this.#close(open, level, line.before);
        }
        open[line.level] = index;
        this.#spans[index] = [line.before, this.count];
      } else {
        const head = open[line.level];
        this.#spans[index] = [head === undefined ? 0 : this.between[head].before, line.before];
      }
    });
  }

  #close(open, level, end) {
    this.#spans[open[level]][1] = end;
    open[level] = undefined;
  }

  #append(found, [from, to]) {
    const rows = [];
    for (let at = from; at < to; at += 1) {
      if (!this.#fitting || this.#fitting[at]) rows.push(at);
    }
    for (const at of this.sorted ? this.#inOrder(rows) : rows) found.push(this.#start[at]);
  }

  /** Sort numbers rather than rows: the place of a row's text, then its own, as one number each. */
  #inOrder(rows) {
    const { column, direction } = this.sorted;
    const { places } = this.columns[column];
    const { length } = places;
    const keys = Float64Array.from(rows, (at) => {
      const place = places[this.columns[column].entry(this.#start[at])];
      const ordered = direction === "up" ? place : length - place;
      return (place < 0 ? length + 1 : ordered) * this.count + at;
    }).sort();
    return Array.from(keys, (key) => key % this.count);
  }

  #fits() {
    const fits = new Uint8Array(this.count);
    const groups = this.groups.length ? this.#groupWords() : null;
    const having = this.words.map((word) => this.columns.map((column) => column.having(word)));
    for (let at = 0; at < this.count; at += 1) {
      const row = this.#start[at];
      const entries = this.columns.map((column) => column.entry(row));
      fits[at] = having.every(
        (columns, word) => columns.some((found, index) => found[entries[index]]) || groups?.[at].includes(this.words[word]),
      ) ? 1 : 0;
    }
    return fits;
  }

  /** For each row, the folded names of its groups: who filters by a group's name finds its rows. */
  #groupWords() {
    const names = new Array(this.count).fill("");
    this.between.forEach((line, index) => {
      if (line.kind !== GROUP) return;
      const [from, to] = this.#spans[index];
      const name = ` ${folded(line.texts[0])}`;
      for (let at = from; at < to; at += 1) names[at] += name;
    });
    return names;
  }

  /** How many rows before each place fit. */
  #sums() {
    if (!this.#fitting) return null;
    const sums = new Uint32Array(this.count + 1);
    this.#fitting.forEach((fits, at) => { sums[at + 1] = sums[at] + fits; });
    return sums;
  }
}

// A column: its different texts once, and for each row the number of its text. `packed.py` writes it.

import { language } from "./words.js";

const collator = new Intl.Collator(language, { numeric: true });
const MARKS = /\p{Mn}/gu;
const PLAIN = /^[\x00-\x7f]*$/;

/** Return text as the filter compares it: without accents, in small letters. */
export function folded(text) {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(MARKS, "").toLowerCase().replaceAll("ß", "ss");
}

/** Return whole numbers from base64: `width` bytes each, the least significant first. */
export function unpacked({ width, bytes }) {
  const raw = atob(bytes);
  const found = new Uint32Array(raw.length / width);
  for (let at = 0, place = 0; place < found.length; place += 1) {
    for (let byte = 0; byte < width; byte += 1, at += 1) found[place] |= raw.charCodeAt(at) << (8 * byte);
  }
  return found;
}

export class Column {
  #at;
  #places = null;
  #folded = null;

  constructor(data) {
    this.label = data.label;
    this.align = data.align;
    this.words = data.words;
    this.whole = ["date", "datetime", "time"].includes(data.kind);
    this.texts = data.texts;
    this.missing = data.missing;
    this.ordered = data.ordered;
    this.tones = data.tones ?? null;
    this.shades = data.shades ?? null;
    this.bars = data.bars ?? null;
    this.links = data.links ?? null;
    this.#at = data.at ? unpacked(data.at) : null;
  }

  /** The number of a row's text. */
  entry(row) {
    return this.#at ? this.#at[row] : row;
  }

  text(row) {
    return this.texts[this.entry(row)];
  }

  link(row) {
    const rest = this.links ? this.links.rest[row] : null;
    return rest === null ? null : this.links.prefix + rest;
  }

  /** The place of each text when the column is sorted; equal texts share one, and missing values have -1. */
  get places() {
    this.#places ??= this.ordered ? this.#placesAsGiven() : this.#placesByLetters();
    return this.#places;
  }

  /** For each text, whether a word of the filter is in it. */
  having(word) {
    this.#folded ??= this.texts.map(folded);
    return Uint8Array.from(this.#folded, (text) => (text.includes(word) ? 1 : 0));
  }

  #placesAsGiven() {
    return Int32Array.from(this.texts, (text, entry) => (text === this.missing ? -1 : entry));
  }

  #placesByLetters() {
    const places = new Int32Array(this.texts.length);
    const order = Array.from(places.keys()).sort((one, other) => collator.compare(this.texts[one], this.texts[other]));
    let place = 0;
    order.forEach((entry, index) => {
      if (index && collator.compare(this.texts[order[index - 1]], this.texts[entry]) !== 0) place = index;
      places[entry] = this.texts[entry] === this.missing ? -1 : place;
    });
    return places;
  }
}

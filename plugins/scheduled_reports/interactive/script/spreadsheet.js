// A table as a file for spreadsheets: the rows that fit the filter, as they stand.

import { separator } from "./words.js";

// What a spreadsheet takes for a formula (OWASP, "CSV Injection"); full-width signs where East Asian input is set up.
// eslint-disable-next-line no-control-regex
const FORMULA = /^[=+\-@\x00-\x1f\x7f＝＋－＠]/;

/** Return a field (RFC 4180, section 2); words that would be run as a formula get an apostrophe before them. */
function field(text, isWords) {
  const safe = isWords && FORMULA.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Return the rows that are shown as CSV, group by group; each row names its groups. */
export function csvOf(rows) {
  const names = new Array(rows.groups.length).fill("");
  const records = [[...rows.groups, ...rows.columns.map((column) => column.label)].map((text) => field(text, true))];
  for (const line of rows.lines) {
    if (line < 0) {
      const { kind, level, texts } = rows.between[-1 - line];
      if (kind === 1) names.fill("", level).splice(level, 1, texts[0]);
    } else {
      const cells = rows.columns.map((column) => field(column.text(line), column.words));
      records.push([...names.map((name) => field(name, true)), ...cells]);
    }
  }
  return records.map((record) => `${record.join(separator)}\r\n`).join("");
}

/** Hand the reader a file. */
export function saved(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Return a title as the name of a file. */
export function fileName(title, ending) {
  return `${title.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_|_$/g, "").slice(0, 80) || "report"}.${ending}`;
}

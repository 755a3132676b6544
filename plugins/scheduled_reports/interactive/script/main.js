// Bring the page to life.

import { followContents } from "./contents.js";
import { Table } from "./table.js";

const tables = [];
for (const root of document.querySelectorAll("figure.table[id]")) {
  const data = JSON.parse(document.getElementById(`${root.id}-data`).textContent);
  if (data.rows) tables.push(new Table(root, data, root.dataset.title));
}
document.querySelectorAll("nav.contents").forEach(followContents);

window.addEventListener("beforeprint", () => tables.forEach((table) => table.print(true)));
window.addEventListener("afterprint", () => tables.forEach((table) => table.print(false)));

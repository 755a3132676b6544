// Our own texts in the report's language, and how that language writes numbers.

const given = JSON.parse(document.getElementById("words-data").textContent);
const numbers = new Intl.NumberFormat(given.language);

export const language = given.language;
export const separator = given.separator;

/** Return one of our texts, its `{name}` filled in; numbers as the report's language writes them. */
export function say(name, values = {}) {
  return given.texts[name].replace(/\{(\w+)\}/g, (whole, key) => {
    const value = Object.hasOwn(values, key) ? values[key] : whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

/** Return an element with its attributes and children; text is text, never markup. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

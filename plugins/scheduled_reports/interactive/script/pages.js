// The controls below a table: which page, how many rows.

import { element, say } from "./words.js";

const SIZES = [25, 50, 100, 250];

export class Pages {
  /** `turn(page)` shows a page, counted from 0; `resize(size)` changes how many lines one has. */
  constructor(title, size, turn, resize) {
    this.turn = turn;
    this.buttons = [["first", "«"], ["previous", "‹"], ["next", "›"], ["last", "»"]].map(([name, sign]) => {
      const button = element("button", { type: "button", "aria-label": say(name), title: say(name) }, sign);
      button.addEventListener("click", () => this.#go(name));
      return button;
    });
    this.place = element("span", { class: "place" });
    this.size = element("select", {}, ...SIZES.map((each) => element("option", { selected: each === size }, String(each))));
    this.size.addEventListener("change", () => resize(Number(this.size.value)));
    const [first, previous, next, last] = this.buttons;
    this.root = element(
      "nav", { class: "pages", "aria-label": say("pagesOf", { title }) },
      first, previous, this.place, next, last, element("label", {}, say("size"), " ", this.size),
    );
  }

  show(page, pages) {
    [this.page, this.pages] = [page, pages];
    this.root.hidden = pages < 2 && Number(this.size.value) === SIZES[1];
    this.place.textContent = say("page", { page: page + 1, pages });
    this.buttons.forEach((button, index) => { button.disabled = index < 2 ? page === 0 : page >= pages - 1; });
  }

  #go(name) {
    const target = { first: 0, previous: this.page - 1, next: this.page + 1, last: this.pages - 1 }[name];
    this.turn(Math.min(Math.max(target, 0), this.pages - 1));
    const used = this.buttons[["first", "previous", "next", "last"].indexOf(name)];
    if (used.disabled) this.buttons.find((button) => !button.disabled)?.focus();
  }
}

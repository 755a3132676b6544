// Marks in the contents where in the report the reader is.

/** Follow the reader through the report. */
export function followContents(contents) {
  const links = new Map([...contents.querySelectorAll("a[href^='#']")].map((link) => [link.getAttribute("href").slice(1), link]));
  const targets = [...links.keys()].map((name) => document.getElementById(name)).filter(Boolean);
  const mark = () => {
    const passed = targets.filter((target) => target.getBoundingClientRect().top < window.innerHeight / 3);
    const here = (passed.at(-1) ?? targets[0])?.id;
    for (const [name, link] of links) {
      if (name === here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  window.addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
  mark();
}

// Charts alive: Vega in light or in the dark, drawn when they come near the screen. `vegaEmbed` is in this scope.
// The picture that was there stays for print, and where a chart does not come alive.

const darkness = matchMedia("(prefers-color-scheme: dark)");
const charts = JSON.parse(document.getElementById("charts-data").textContent);
const words = JSON.parse(document.getElementById("words-data").textContent).texts;
const drawn = new Map();
const MANY = 2_000;

// Vega's interpreter takes the only argument of `datetime` for a year, where its compiler takes it for a moment.
const FUNCTIONS = { datetime: (...parts) => new Date(...parts) };

async function draw(key) {
  const chart = charts[key];
  const spec = { ...(darkness.matches ? chart.dark : chart.light) };
  if (chart.data) spec.data = structuredClone(chart.data);
  const place = document.getElementById(key);
  const live = document.createElement("div");
  live.className = "live";
  live.setAttribute("role", "img");
  live.setAttribute("aria-label", chart.alt);
  place.append(live);
  // `ast`: expressions are interpreted, as the page's policy lets no text become code.
  const result = await vegaEmbed(live, spec, {
    ast: true, expressionFunctions: FUNCTIONS, actions: false, defaultStyle: false, mode: "vega-lite",
    renderer: (chart.data?.values?.length ?? 0) > MANY ? "canvas" : "svg",
    tooltip: { disableDefaultStyle: true, theme: "report" },
  });
  const before = drawn.get(key);
  drawn.set(key, { live, result });
  before?.result.finalize();
  before?.live.remove();
  place.classList.add("alive");
}

function failed(key, error) {
  document.querySelectorAll(`#${key} .live`).forEach((live) => live.remove());
  document.getElementById(key).classList.remove("alive");
  console.error(`${key} stays a picture:`, error);
}

function save(key, name) {
  return drawn.get(key)?.result.view.toCanvas(2).then((canvas) => canvas.toBlob((content) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = `${name.replace(/[^\p{L}\p{N}]+/gu, "_") || "chart"}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }));
}

function addButton(place) {
  const title = place.dataset.title || words.chart;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet saver";
  button.textContent = words.picture;
  button.setAttribute("aria-label", words.pictureOf.replace("{title}", () => title));
  button.addEventListener("click", () => save(place.id, title));
  place.after(button);
}

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    draw(target.id).then(() => addButton(target)).catch((error) => failed(target.id, error));
  }
}, { rootMargin: "600px" });

for (const place of document.querySelectorAll(".drawing")) near.observe(place);
darkness.addEventListener("change", () => {
  for (const key of drawn.keys()) draw(key).catch((error) => failed(key, error));
});

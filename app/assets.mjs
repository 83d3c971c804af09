// Copies the style sheets and scripts of the pages into static/vendor and draws one sprite with the icons that pages use.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");
const vendor = join(here, "static", "vendor");

// Add a name here before using it in icon("name"); tests/app/test_look.py holds the two together.
export const icons = `
abc adjustments-horizontal alarm alert-circle alert-octagon alert-triangle archive arrow-back-up arrow-down arrow-left
arrow-right arrow-up arrows-exchange arrows-sort ban bell book bookmark building building-bank bulb calculator calendar
calendar-event calendar-time chart-bar check checkbox checks chevron-down chevron-left chevron-right chevron-up
chevrons-left circle-check circle-dashed circle-x clipboard-check clipboard-list clock clock-exclamation clock-off
clock-pause columns-3 copy database device-desktop device-floppy dots dots-vertical download edit external-link eye
eye-off file-description file-export file-text file-type-pdf files filter flag flame folder gavel hash help help-circle
history home id inbox info-circle key language layout-list letter-case link list list-check list-details lock lock-open
login logout mail map-pin menu-2 message messages minus moon note notes package-import paperclip phone player-pause
player-play plus printer refresh report report-analytics rotate route scale school search send settings shield
shield-check shield-lock signature sitemap sort-ascending sort-descending sparkles stack-2 star sun table tag tags
target tool transfer trash trending-down trending-up upload user user-check user-circle user-plus users users-group
world writing x zoom-in clipboard-text pencil file-download id-badge list-numbers checklist timeline loader
`.trim().split(/\s+/);

const files = {
  "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
  "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
  "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select/tom-select.bootstrap5.min.css",
  "tom-select/dist/js/tom-select.complete.min.js": "tom-select/tom-select.complete.min.js",
  "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
};

// A map of the sources is not copied, so the browser must not ask for one.
function copy(from, to) {
  const target = join(vendor, to);
  mkdirSync(dirname(target), { recursive: true });
  const text = readFileSync(join(packages, from), "utf8");
  writeFileSync(target, text.replace(/\n?(\/\*#|\/\/#) sourceMappingURL=.*?(\*\/)?\s*$/, "\n"));
}

function symbol(name) {
  const svg = readFileSync(join(packages, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
  const body = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
}

rmSync(vendor, { recursive: true, force: true });
for (const [from, to] of Object.entries(files)) copy(from, to);
mkdirSync(join(vendor, "icons"), { recursive: true });
const head = '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">';
writeFileSync(join(vendor, "icons", "icons.svg"), `${head}\n${icons.map(symbol).join("\n")}\n</svg>\n`);
console.log(`static/vendor: ${Object.keys(files).length} files, ${icons.length} icons`);

// Runs before the first paint: the theme and the density that this reader chose. Nothing here needs the page.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");
  const read = (name, otherwise) => {
    try {
      return localStorage.getItem(name) || otherwise;
    } catch {
      return otherwise; // storage switched off: the default look
    }
  };
  const apply = () => {
    const wanted = read("shoujie.theme", "auto");
    root.dataset.themeChoice = wanted;
    const shown = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
    root.dataset.bsTheme = paper.matches ? "light" : shown; // paper is white
    root.dataset.density = read("shoujie.density", "normal");
  };
  apply();
  dark.addEventListener("change", apply);
  paper.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("shoujie:look", apply);
})();

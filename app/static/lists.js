// Lists: ticked rows, chosen columns, and the keyboard (/ searches, j and k walk, Enter opens).
(() => {
  const { store, enhancers } = window.shoujie;

  // ---- ticking: form[data-bulk] holds [data-bulk-bar] and [data-bulk-count]; the boxes input[data-tick-all] and
  // input[data-tick] lie in it or name it by form="…" (rows that carry forms of their own)
  const boxesOf = (form) => [...form.elements].filter((field) => field.matches("input[data-tick]"));
  const count = (form) => {
    const boxes = boxesOf(form);
    const ticked = boxes.filter((box) => box.checked).length;
    const all = [...form.elements].find((field) => field.matches("input[data-tick-all]"));
    if (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    form.querySelectorAll("[data-bulk-bar]").forEach((bar) => (bar.hidden = ticked === 0));
    form.querySelectorAll("[data-bulk-count]").forEach((number) => (number.textContent = ticked));
    boxes.forEach((box) => box.closest("tr")?.classList.toggle("is-ticked", box.checked));
  };
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-bulk]")) return;
    if (event.target.matches("[data-tick-all]")) boxesOf(form).forEach((box) => (box.checked = event.target.checked));
    count(form);
  });
  let last = null;
  document.addEventListener("click", (event) => {
    if (!event.target.matches("input[data-tick]") || !event.target.form) return;
    const boxes = boxesOf(event.target.form);
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) boxes.slice(from, to + 1).forEach((box) => (box.checked = event.target.checked));
    last = event.target;
  });

  // ---- columns: table[data-list="name"], th[data-col="column"] (or data-column), the menu is [data-columns-for="name"]
  const key = (table) => `columns.${table.dataset.list}`;
  const hiddenColumns = (table) => {
    try {
      return new Set(JSON.parse(localStorage.getItem(`shoujie.${key(table)}`) || "[]"));
    } catch {
      return new Set();
    }
  };
  const columnOf = (head) => head.dataset.col || head.dataset.column;
  const applyColumns = (table) => {
    const off = hiddenColumns(table);
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      const name = columnOf(head);
      if (!name) return;
      for (const row of table.rows) if (row.cells[at]?.colSpan === 1) row.cells[at].hidden = off.has(name);
    });
  };
  const chooser = (table) => {
    const menu = document.querySelector(`[data-columns-for="${table.dataset.list}"]`);
    if (!menu) return;
    const off = hiddenColumns(table);
    menu.replaceChildren();
    for (const head of table.tHead.querySelectorAll("th[data-col], th[data-column]")) {
      const label = document.createElement("label");
      label.className = "dropdown-item";
      const box = document.createElement("input");
      box.type = "checkbox";
      box.className = "form-check-input m-0 me-2";
      box.checked = !off.has(columnOf(head));
      box.addEventListener("change", () => {
        off[box.checked ? "delete" : "add"](columnOf(head));
        store(key(table), JSON.stringify([...off]));
        applyColumns(table);
      });
      label.append(box, head.dataset.colLabel || head.textContent.trim());
      menu.append(label);
    }
  };
  enhancers.push((part) => {
    part.querySelectorAll("form[data-bulk]").forEach(count);
    for (const table of part.querySelectorAll("table[data-list]")) {
      if (!table.tHead) continue;
      applyColumns(table);
      chooser(table);
    }
  });

  // ---- filters: the comparison gives the value its name; what is empty is not sent
  const nameValue = (way) => {
    const value = way.parentElement.querySelector("[data-filter-value]");
    if (value) value.name = way.value;
  };
  document.addEventListener("change", (event) => event.target.matches("[data-filter-way]") && nameValue(event.target));
  // an address says what was asked, and nothing else
  document.addEventListener("formdata", (event) => {
    if (event.target.method !== "get") return;
    const given = [...event.formData];
    for (const [name] of given) event.formData.delete(name);
    for (const [name, value] of given) if (value !== "") event.formData.append(name, value);
  });
  enhancers.push((part) => part.querySelectorAll("[data-filter-way]").forEach(nameValue));

  // ---- keyboard
  const linkOf = (row) => row.querySelector("a[data-open], th a[href], td a[href]");
  const step = (by) => {
    const rows = [...document.querySelectorAll("table[data-list] tbody tr")].filter((row) => linkOf(row));
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement?.closest("tr"));
    const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + by, 0), rows.length - 1)];
    linkOf(next).focus();
    next.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, select, textarea, dialog[open], [contenteditable]")) return;
    if (event.key === "/") {
      const box = document.querySelector("[data-search-box], main input[type=search]");
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  });
})();

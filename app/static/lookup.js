// select[data-lookup="/lookup/unit"]: a remote select. The server answers ?q= with [{"value": …, "text": …}].
(() => {
  const { texts, enhancers } = window.shoujie;
  const line = (word) => {
    const div = document.createElement("div");
    div.className = "no-results";
    div.textContent = word;
    return div;
  };
  const remote = (select) => {
    const url = new URL(select.dataset.lookup, location.href);
    return {
      valueField: "value",
      labelField: "text",
      searchField: [],
      sortField: [{ field: "$order" }],
      preload: "focus",
      maxOptions: 50,
      load(query, done) {
        url.searchParams.set("q", query);
        fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" })
          .then((answer) => (answer.ok ? answer.json() : []))
          .then((rows) => {
            // what was found before belongs to other words; the chosen options stay
            for (const key of Object.keys(this.options)) if (!this.items.includes(key)) this.removeOption(key, true);
            done(rows);
          })
          .catch(() => done());
      },
      render: {
        no_results: () => line(texts.noResults),
        loading: () => line(texts.loading),
        not_loading: () => null,
      },
    };
  };
  const dress = (select) => {
    if (select.tomselect) return;
    const many = select.multiple;
    const plugins = many ? ["remove_button"] : select.required ? [] : ["clear_button"];
    const common = {
      plugins: Object.fromEntries(
        plugins.map((name) => [name, name === "clear_button" ? { title: texts.clear } : { title: texts.remove }]),
      ),
      placeholder: select.dataset.placeholder || texts.choose,
      hidePlaceholder: true,
      maxOptions: 500,
      render: { no_results: () => line(texts.noResults) },
    };
    const box = new window.TomSelect(select, { ...common, ...(select.dataset.lookup ? remote(select) : {}) });
    // Tom Select takes the label for its own box; the select behind it keeps a name too
    const label = document.querySelector(`label[for="${box.control_input.id}"]`);
    if (label) select.setAttribute("aria-label", label.textContent.replace("*", "").trim());
    const described = select.getAttribute("aria-describedby");
    if (described) box.control_input.setAttribute("aria-describedby", described);
    if (select.getAttribute("aria-invalid")) box.control_input.setAttribute("aria-invalid", "true");
  };
  // Flask-Admin's remote field: an input whose data-url answers [[value, text]] and whose data-json holds what is chosen
  const dressInput = (input) => {
    if (input.tomselect) return;
    const many = input.dataset.multiple === "1";
    const held = JSON.parse(input.dataset.json || "null");
    const rows = held === null ? [] : many ? held : [held];
    const url = new URL(input.dataset.url, location.href);
    new window.TomSelect(input, {
      maxItems: many ? null : 1,
      plugins: many ? ["remove_button"] : ["clear_button"],
      valueField: "value",
      labelField: "text",
      searchField: [],
      preload: "focus",
      options: rows.map(([value, text]) => ({ value: String(value), text })),
      items: rows.map(([value]) => String(value)),
      load(query, done) {
        for (const [name, value] of [["query", query], ["offset", 0], ["limit", 30]]) url.searchParams.set(name, value);
        fetch(url, { credentials: "same-origin" })
          .then((answer) => (answer.ok ? answer.json() : []))
          .then((found) => done(found.map(([value, text]) => ({ value: String(value), text }))))
          .catch(() => done());
      },
      render: { no_results: () => line(texts.noResults), loading: () => line(texts.loading), not_loading: () => null },
    });
  };
  enhancers.push((part) => {
    if (!window.TomSelect) return;
    part.querySelectorAll('input[data-role="select2-ajax"]').forEach(dressInput);
    part.querySelectorAll("select[data-lookup], select[data-search], select.my_select2").forEach(dress);
  });
})();

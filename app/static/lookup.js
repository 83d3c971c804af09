// Remote selects. select[data-lookup="/lookup/unit"]: the server answers ?q= with [{"value": …, "text": …}].
(() => {
  const { texts, enhancers } = window.shoujie;
  const line = (word) => {
    const div = document.createElement("div");
    div.className = "no-results";
    div.textContent = word;
    return div;
  };
  const buttons = (many, clearable) => {
    if (many) return { remove_button: { title: texts.remove } };
    return clearable ? { clear_button: { title: texts.clear } } : {};
  };
  // answers: query → rows. What was found for other words goes, what is chosen stays.
  const remote = (answers) => ({
    valueField: "value",
    labelField: "text",
    searchField: [],
    sortField: [{ field: "$order" }],
    preload: "focus",
    maxOptions: 50,
    loadThrottle: 200,
    load(query, done) {
      answers(query)
        .then((rows) => {
          // an answer that comes after the reader went on must not call the focus back
          if (document.activeElement !== this.control_input) this.isFocused = false;
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
  });
  const ask = (url) =>
    fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" }).then((answer) =>
      answer.ok ? answer.json() : [],
    );
  // the label now names Tom Select's own box; the field behind it keeps a name too
  const name = (field, box) => {
    const label = document.querySelector(`label[for="${box.control_input.id}"]`);
    if (label) field.setAttribute("aria-label", label.textContent.replace("*", "").trim());
    for (const attribute of ["aria-describedby", "aria-invalid"]) {
      const value = field.getAttribute(attribute);
      if (value) box.control_input.setAttribute(attribute, value);
    }
  };

  const dress = (select) => {
    if (select.tomselect) return;
    const url = select.dataset.lookup && new URL(select.dataset.lookup, location.href);
    const answers = (query) => {
      url.searchParams.set("q", query);
      return ask(url);
    };
    const box = new window.TomSelect(select, {
      plugins: buttons(select.multiple, !select.required),
      placeholder: select.dataset.placeholder || texts.choose,
      hidePlaceholder: true,
      maxOptions: 500,
      render: { no_results: () => line(texts.noResults) },
      ...(url ? remote(answers) : {}),
    });
    name(select, box);
  };

  // Flask-Admin's remote field: an input whose data-url answers [[value, text]] and whose data-json holds the choice
  const dressInput = (input) => {
    if (input.tomselect) return;
    const many = input.dataset.multiple === "1";
    const row = ([value, text]) => ({ value: String(value), text });
    const held = JSON.parse(input.dataset.json || "null");
    const options = (held === null ? [] : many ? held : [held]).map(row);
    const url = new URL(input.dataset.url, location.href);
    const answers = (query) => {
      for (const [key, value] of [["query", query], ["offset", 0], ["limit", 30]]) url.searchParams.set(key, value);
      return ask(url).then((rows) => rows.map(row));
    };
    const box = new window.TomSelect(input, {
      ...remote(answers),
      plugins: buttons(many, input.dataset.allowBlank === "1"),
      placeholder: texts.choose,
      maxItems: many ? null : 1,
      options,
      items: options.map(({ value }) => value),
    });
    name(input, box);
  };

  enhancers.push((part) => {
    if (!window.TomSelect) return;
    part.querySelectorAll("select[data-lookup], select[data-search], select.my_select2").forEach(dress);
    part.querySelectorAll('input[data-role="select2-ajax"]').forEach(dressInput);
  });
})();

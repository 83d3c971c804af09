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
  const PAUSE = 200; // milliseconds without a key before the server is asked

  // What is offered answers the words that stand in the box, or nothing is: box.shown says which words the list answers.
  const forget = (box) => {
    box.shown = null;
    for (const key of Object.keys(box.options)) if (!box.items.includes(key)) box.removeOption(key, true);
    box.clearActiveOption();
  };
  // The one row that is meant: the only one, or the only one of exactly this name or code.
  const meant = (rows, words) => {
    const exact = rows.filter(({ text }) => text.split(" · ").includes(words));
    return rows.length === 1 ? rows[0] : exact.length === 1 ? exact[0] : null;
  };
  const note = (box, words) => {
    box.input.parentElement.querySelector("[data-not-chosen]")?.remove();
    if (!words) return;
    const told = document.createElement("div");
    told.className = "invalid-feedback";
    told.dataset.notChosen = "";
    told.setAttribute("role", "status");
    told.textContent = texts.notChosen.replace("{words}", words);
    box.wrapper.after(told);
  };
  // An Enter or a Tab that came before its answer: take what is meant, else let the reader choose.
  const settle = (box, rows, words) => {
    const { key } = box.hurry;
    box.hurry = null;
    const one = meant(rows, words);
    if (one) box.addItem(one.value);
    else if (key === "Tab") note(box, words);
  };
  const onKey = (box, event) => {
    const words = box.inputValue();
    if (event.isComposing || !["Enter", "Tab"].includes(event.key)) return;
    if (event.key === "Enter" && !box.isOpen) event.preventDefault(); // one Enter too many must not send the form
    if (!words) return;
    if (box.shown !== words) {
      box.hurry = { key: event.key, words };
      if (event.key === "Enter") {
        event.preventDefault();
        event.stopPropagation();
      }
    } else if (event.key === "Tab" && !event.shiftKey) {
      const one = meant(box.found, words);
      if (one) box.addItem(one.value);
    }
  };
  const watch = (box) => {
    const typed = () => {
      box.hurry = null;
      note(box, "");
      forget(box);
    };
    box.control_input.addEventListener("input", typed);
    box.wrapper.addEventListener("keydown", (event) => onKey(box, event), true);
    // before Tom Select empties its box: what was typed and led to nothing is not dropped in silence
    box.wrapper.addEventListener("blur", () => !box.hurry && note(box, box.inputValue()), true);
    box.on("item_add", () => {
      note(box, "");
      if (box.settings.mode === "multi") forget(box);
    });
    box.on("focus", () => {
      if (box.shown === box.inputValue()) return;
      forget(box);
      box.load(box.inputValue());
    });
  };
  // answers: query → rows. What was found for other words goes, what is chosen stays.
  const remote = (answers) => ({
    valueField: "value",
    labelField: "text",
    searchField: [],
    sortField: [{ field: "$order" }],
    shouldLoad: () => true,
    maxOptions: 50,
    loadThrottle: null,
    refreshThrottle: 0,
    onInitialize() {
      watch(this);
    },
    load(query, done) {
      this.dropped?.();
      const timer = setTimeout(() => {
        this.dropped = null;
        answers(query)
          .then((rows) => {
            const awaited = this.hurry?.words === query;
            if (query !== this.inputValue() && !awaited) return done();
            forget(this);
            this.failure = "";
            this.shown = query;
            this.found = rows;
            // an answer that comes after the reader went on must not call the focus back
            if (document.activeElement !== this.control_input) this.isFocused = false;
            done(rows);
            return awaited ? settle(this, rows, query) : undefined;
          })
          .catch((failure) => {
            forget(this);
            this.failure = window.shoujie.failure(failure.status);
            done();
          });
      }, PAUSE);
      this.dropped = () => {
        clearTimeout(timer);
        this.dropped = null;
        done();
      };
    },
    render: {
      no_results() {
        return line(this.failure || texts.noResults);
      },
      loading: () => line(texts.loading),
      not_loading: () => null,
    },
  });
  const ask = (url) =>
    fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" }).then((answer) =>
      answer.ok ? answer.json() : Promise.reject(answer),
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

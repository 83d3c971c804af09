// What every page does: theme switch, fields that depend on others, questions before a step, one submit only.
(() => {
  const block = document.getElementById("console-texts");
  const texts = block ? JSON.parse(block.textContent) : {};
  window.shoujie = { texts, enhancers: [] };

  const store = (name, value) => {
    try {
      localStorage.setItem(`shoujie.${name}`, value);
    } catch {
      return; // storage switched off: the choice lasts for this page only
    }
  };
  window.shoujie.store = store;

  // ---- theme and density
  const mark = () => {
    for (const button of document.querySelectorAll("[data-theme-value]")) {
      const chosen = button.dataset.themeValue === document.documentElement.dataset.themeChoice;
      button.setAttribute("aria-pressed", String(chosen));
      button.classList.toggle("active", chosen);
    }
    for (const button of document.querySelectorAll("[data-density-toggle]")) {
      button.setAttribute("aria-pressed", String(document.documentElement.dataset.density === "compact"));
    }
  };
  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-theme-value]");
    if (theme) store("theme", theme.dataset.themeValue);
    const density = event.target.closest("[data-density-toggle]");
    if (density) store("density", document.documentElement.dataset.density === "compact" ? "normal" : "compact");
    if (theme || density) {
      dispatchEvent(new Event("shoujie:look"));
      mark();
    }
    if (event.target.closest("[data-print]")) print();
  });

  // ---- data-show-when="name=value[,value]": shown and sent only when the other field says so
  const valuesOf = (form, name) =>
    [...form.elements]
      .filter((field) => field.name === name && (!/^(radio|checkbox)$/.test(field.type) || field.checked))
      .map((field) => (field.type === "checkbox" && field.value === "on" ? "y" : field.value));
  const showWhen = (form) => {
    for (const part of form.querySelectorAll("[data-show-when]")) {
      const [name, wanted] = part.dataset.showWhen.split("=");
      const shown = valuesOf(form, name.trim()).some((value) => wanted.split(",").includes(value));
      part.hidden = !shown;
      for (const field of part.matches("input,select,textarea") ? [part] : part.querySelectorAll("input,select,textarea")) {
        field.disabled = !shown;
        if (field.tomselect) field.tomselect[shown ? "enable" : "disable"]();
      }
    }
  };
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.querySelector("[data-show-when]")) showWhen(form);
  });

  // ---- data-confirm="question" on a submit button
  const dialog = document.getElementById("confirm-dialog");
  let asking = null;
  if (dialog) {
    dialog.addEventListener("close", () => {
      const button = asking;
      asking = null;
      if (!button) return;
      if (dialog.returnValue !== "ok") return button.focus();
      button.dataset.confirmed = "1";
      button.form.requestSubmit(button);
      delete button.dataset.confirmed;
    });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (dialog && button && button.dataset.confirm && !button.dataset.confirmed) {
      event.preventDefault();
      asking = button;
      dialog.returnValue = "";
      dialog.querySelector("[data-confirm-text]").textContent = button.dataset.confirm;
      return dialog.showModal();
    }
    if (form.method !== "post" || form.hasAttribute("data-repeatable")) return undefined;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    return undefined;
  });
  // the reader came back with the back button, or the answer was a file: the form may be sent again
  const release = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  };
  addEventListener("pageshow", release);
  document.addEventListener("htmx:afterRequest", release);

  // ---- data-unsaved (or data-guard) on a form: ask before its input is lost
  const dirty = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-unsaved], form[data-guard]");
    if (form) dirty.add(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) dirty.delete(event.target);
  });
  addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
  });
  // the answer to a form holds what nobody has recorded yet
  const guarded = () => document.querySelectorAll("form[data-unsaved], form[data-guard]");
  const filled = (form) => [...form.elements].some((field) => field.matches("textarea, [type=text], [name=kept]") && field.value);
  const unrecorded = () => {
    if (!document.body.hasAttribute("data-answer")) return;
    for (const form of guarded()) if (filled(form)) dirty.add(form);
  };
  // another language: the form goes along and comes back with what was typed, nothing recorded
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='/lang/']");
    const form = link && [...dirty].find((one) => one.isConnected && one.elements.typed_by);
    if (!form) return;
    event.preventDefault();
    const asked = document.createElement("input");
    Object.assign(asked, { type: "hidden", name: "redraw", value: link.pathname.split("/").pop() });
    form.append(asked);
    dirty.clear();
    form.submit();
  });

  // ---- what scrolls is reached by keyboard too, and says what it is
  const scrollers = () => {
    for (const box of document.querySelectorAll(".table-responsive, .table-tall, .chart, .preview")) {
      const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      if (box.dataset.scrolls === undefined && (box.hasAttribute("tabindex") || !scrolls)) continue;
      const name = (box.closest(".card") ?? document).querySelector("h1, h2, h3, .card-title") ?? document.querySelector("h1");
      box.dataset.scrolls = "";
      for (const [key, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", name?.textContent.trim() ?? ""]]) {
        if (scrolls) box.setAttribute(key, value);
        else box.removeAttribute(key);
      }
    }
  };
  addEventListener("resize", scrollers);

  // ---- parts that htmx brings later get the same care
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });
  // ---- a part of the page got no answer: said beside it, and nothing of what was typed is touched
  window.shoujie.failure = (status) => (status === 401 ? texts.loggedOut : texts.noAnswer);
  const noteOf = (target) => target.parentElement?.querySelector(":scope > [data-failure]");
  const tell = ({ detail: { target, xhr } }) => {
    const note = noteOf(target) ?? document.createElement("p");
    Object.assign(note, { className: "alert alert-warning form-row-wide", textContent: window.shoujie.failure(xhr.status) });
    note.dataset.failure = "";
    note.setAttribute("role", "alert");
    target.before(note);
  };
  document.addEventListener("htmx:responseError", tell);
  document.addEventListener("htmx:sendError", tell);
  document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.shouldSwap && noteOf(detail.target)?.remove());
  window.shoujie.enhancers.push((part) => {
    for (const form of part.matches("form") ? [part] : part.querySelectorAll("form")) showWhen(form);
  });
  const enhance = (part) => window.shoujie.enhancers.forEach((one) => one(part));
  document.addEventListener("htmx:load", (event) => event.detail.elt !== document.body && enhance(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => {
    mark();
    enhance(document.body);
    unrecorded();
    scrollers();
    document.querySelector("form[data-go-on]")?.requestSubmit();
    const summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  });
})();

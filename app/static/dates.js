// Dates in the page's language: a browser's own boxes speak the browser's. A box to type in, and a month to pick from.
// Where one points with a finger the device's own picker stays.
(() => {
  const { texts, enhancers } = window.shoujie;
  const tongue = document.documentElement.lang;
  const pad = (number) => String(number).padStart(2, "0");
  const iso = (day) => `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
  const plus = (day, days) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
  const named = (day, how) => new Intl.DateTimeFormat(tongue, how).format(day);

  // 2026/3/5, 2026.3.5 9:00, 2026年3月5日, 20260305 → 2026-03-05 09:00; what is no date stays for the server to name
  const SHAPE = /^(\d{4})(?:\D+(\d{1,2})\D+|(\d{2})(?=\d{2}))(\d{1,2})(?:\D+(\d{1,2})\D(\d{1,2}))?\D*$/;
  const tidy = (text) => {
    const found = text.normalize("NFKC").trim().match(SHAPE);
    if (!found) return text;
    const [, year, month, short, day, hour, minute] = found;
    return `${year}-${pad(month ?? short)}-${pad(day)}${hour === undefined ? "" : ` ${pad(hour)}:${pad(minute)}`}`;
  };
  const dayOf = (box) => {
    const found = tidy(box.value).match(/^(\d{4})-(\d{2})-(\d{2})/);
    return found ? new Date(found[1], found[2] - 1, found[3]) : new Date();
  };

  const make = (tag, given = {}, ...parts) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
    made.append(...parts);
    return made;
  };
  const button = (label, text, act) => {
    const made = make("button", { type: "button", class: "btn btn-icon", "aria-label": label, title: label }, text);
    made.addEventListener("click", act);
    return made;
  };

  let open = null; // the one month that is open: its box, its panel and its button
  const close = (back) => {
    if (!open) return;
    const { box, panel, opener } = open;
    open = null;
    panel.remove();
    opener.setAttribute("aria-expanded", "false");
    if (back) box.focus();
  };
  const pick = (day) => {
    const { box } = open;
    const time = tidy(box.value).match(/ (\d{2}:\d{2})$/)?.[1] ?? "09:00";
    box.value = box.dataset.dates === "moment" ? `${iso(day)} ${time}` : iso(day);
    close(true);
    for (const kind of ["input", "change"]) box.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  const cell = (day, shown, chosen) => {
    const made = make("button", { type: "button", class: "day", tabindex: iso(day) === iso(shown) ? "0" : "-1" }, day.getDate());
    made.setAttribute("aria-label", named(day, { dateStyle: "full" }));
    if (day.getMonth() !== shown.getMonth()) made.classList.add("is-other");
    if (iso(day) === iso(chosen)) made.setAttribute("aria-pressed", "true");
    if (iso(day) === iso(new Date())) made.setAttribute("aria-current", "date");
    made.dataset.day = iso(day);
    made.addEventListener("click", () => pick(day));
    return made;
  };
  const draw = (shown) => {
    const first = new Date(shown.getFullYear(), shown.getMonth(), 1);
    const start = plus(first, -((first.getDay() + 6) % 7)); // a week begins on Monday
    const chosen = dayOf(open.box);
    const days = Array.from({ length: 42 }, (_, at) => cell(plus(start, at), shown, chosen));
    const week = Array.from({ length: 7 }, (_, at) => make("span", { "aria-hidden": "true" }, named(plus(start, at), { weekday: "narrow" })));
    const title = make("strong", { "aria-live": "polite" }, named(shown, { year: "numeric", month: "long" }));
    const month = (by) => () => show(new Date(shown.getFullYear(), shown.getMonth() + by, 1));
    const head = make("div", { class: "day-head" }, button(texts.earlierMonth, "‹", month(-1)), title, button(texts.laterMonth, "›", month(1)));
    open.panel.replaceChildren(head, make("div", { class: "day-grid" }, ...week, ...days));
    open.shown = shown;
  };
  const show = (day) => {
    draw(day);
    open.panel.querySelector('[tabindex="0"]').focus();
  };
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const onKey = (event) => {
    if (event.key === "Escape") return close(true);
    const here = event.target.dataset.day;
    if (!here) return undefined;
    const { shown } = open;
    const day = new Date(`${here}T00:00`);
    const by = { PageUp: -1, PageDown: 1 }[event.key];
    const last = (months) => new Date(shown.getFullYear(), shown.getMonth() + months + 1, 0).getDate();
    if (STEPS[event.key]) show(plus(day, STEPS[event.key]));
    else if (by) show(new Date(day.getFullYear(), day.getMonth() + by, Math.min(day.getDate(), last(by))));
    else return undefined;
    return event.preventDefault();
  };
  const begin = (box, opener) => {
    const same = open?.box === box;
    close(false);
    if (same) return;
    const panel = make("div", { class: "day-panel", role: "dialog", "aria-label": texts.pickDay });
    panel.addEventListener("keydown", onKey);
    // the form around it has nothing to do with these buttons, which are gone when it would hear of them
    for (const kind of ["click", "focusin", "focusout"]) panel.addEventListener(kind, (event) => event.stopPropagation());
    opener.after(panel);
    opener.setAttribute("aria-expanded", "true");
    open = { box, panel, opener };
    show(dayOf(box));
    panel.classList.toggle("is-end", panel.getBoundingClientRect().right > document.documentElement.clientWidth);
  };
  document.addEventListener("click", (event) => open && !event.target.closest(".day-field") && event.target.isConnected && close(false));
  document.addEventListener("focusin", (event) => open && !event.target.closest(".day-field") && close(false));

  const dress = (box) => {
    const moment = box.type === "datetime-local";
    // the browser's own box drops what it cannot read; a refused answer still says what was typed
    const value = box.value || (box.hasAttribute("aria-invalid") && box.getAttribute("value")) || "";
    box.type = "text";
    box.value = value.replace(/(\d)T(\d)/, "$1 $2");
    box.dataset.dates = moment ? "moment" : "day";
    box.autocomplete = "off";
    box.placeholder = moment ? texts.momentShape : texts.dayShape;
    box.addEventListener("change", () => (box.value = tidy(box.value)));
    const field = make("span", { class: "day-field" });
    box.replaceWith(field);
    const icon = document.getElementById("icon-calendar").content.cloneNode(true);
    const opener = button(texts.pickDay, icon, () => begin(box, opener));
    opener.setAttribute("aria-expanded", "false");
    field.append(box, opener);
  };
  enhancers.push((part) => {
    if (matchMedia("(pointer: coarse)").matches) return;
    part.querySelectorAll("input[type=date], input[type=datetime-local]").forEach(dress);
  });
})();

// Shows the translated fields of a form one language at a time, in accessible tabs.
// Without this script every language is shown.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("#content-main form");
  if (!form) return;
  const rows = new Map(); // language → its form rows
  for (const field of form.querySelectorAll("[class*='mt-field-']")) {
    const name = [...field.classList].find((c) => c.startsWith("mt-field-"));
    const row = field.closest(".form-row");
    if (!name || !row || field.closest(".empty-form")) continue;
    const language = name.slice(name.lastIndexOf("-") + 1);
    if (!rows.has(language)) rows.set(language, []);
    rows.get(language).push(row);
  }
  if (rows.size < 2) return;

  const list = document.createElement("div");
  list.className = "language-tabs";
  list.setAttribute("role", "tablist");
  const names = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" });
  const tabs = [...rows.keys()].map((language) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.setAttribute("role", "tab");
    tab.dataset.language = language;
    tab.lang = language;
    const mistakes = rows.get(language).filter((row) => row.classList.contains("errors")).length;
    tab.textContent = names.of(language.replace("_", "-")) + (mistakes ? ` (${mistakes}!)` : "");
    tab.classList.toggle("has-errors", mistakes > 0);
    tab.addEventListener("click", () => choose(tab));
    list.append(tab);
    return tab;
  });

  function choose(chosen) {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      for (const row of rows.get(tab.dataset.language)) row.hidden = !on;
    }
  }

  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.indexOf(document.activeElement);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.focus();
    choose(next);
    event.preventDefault();
  });

  const first = form.querySelector("fieldset.module");
  first.parentNode.insertBefore(list, first);
  choose(tabs.find((tab) => tab.classList.contains("has-errors")) || tabs[0]);
});

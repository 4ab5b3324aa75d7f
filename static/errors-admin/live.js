// While somebody types: how a text will look on the site, and what a pattern meets.
// The server says both; without this script it says so when the page is saved.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("#content-main form");
  const token = form?.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return;
  const WAIT = 350; // milliseconds without a key

  // Shows what the server answers to `collect()` in a box, whenever `ask` is called.
  function asker(url, box, collect) {
    let timer, latest;
    return (delay = WAIT) => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const body = collect();
        const mine = (latest = {});
        if (!body) {
          box.replaceChildren();
          return;
        }
        body.append("csrfmiddlewaretoken", token);
        try {
          const answer = await fetch(url, { method: "POST", body });
          // A slow answer must not replace that to a later question.
          if (answer.ok && mine === latest) box.innerHTML = await answer.text();
        } catch {
          box.replaceChildren();
        }
      }, delay);
    };
  }

  function makeBox(className) {
    const box = document.createElement("div");
    box.className = className;
    box.setAttribute("aria-live", "polite");
    return box;
  }

  // What is there already is asked about when it comes into view: an entry has many texts,
  // and hundreds of patterns.
  function whenSeen(field, act) {
    new IntersectionObserver((seen, watcher) => {
      if (seen.some((one) => one.isIntersecting)) {
        watcher.disconnect();
        act();
      }
    }).observe(field);
  }

  for (const field of form.querySelectorAll("[data-preview]")) {
    const box = makeBox("preview");
    field.after(box);
    field.parentElement.classList.add("previewed");
    const ask = asker(field.dataset.preview, box, () => {
      if (!field.value.trim()) return null;
      const body = new FormData();
      body.append("text", field.value);
      body.append("field", field.dataset.field);
      body.append("language", field.dataset.language);
      return body;
    });
    field.addEventListener("input", () => ask());
    whenSeen(field, () => ask(0));
  }

  const value = (name) => form.querySelector(`[name="${name}"]`)?.value || "";
  const asks = new Set(); // of the patterns that have been seen
  function watchPattern(field) {
    const kind = field.closest(".inline-related")?.querySelector("[name$='-kind']");
    const box = makeBox("tried");
    (field.closest(".fieldBox") || field.parentElement).append(box);
    const ask = asker(field.dataset.try, box, () => {
      if (!field.value.trim()) return null;
      const body = new FormData();
      body.append("text", field.value);
      body.append("kind", kind?.value || "phrase");
      for (const name of ["slug", "sample", "wordings"]) body.append(name, value(name));
      for (const example of form.querySelectorAll("[name^='examples-'][name$='-text']")) {
        if (!example.name.includes("__prefix__")) body.append("example", example.value);
      }
      return body;
    });
    field.addEventListener("input", () => ask());
    kind?.addEventListener("change", () => ask(0));
    whenSeen(field, () => {
      asks.add(ask);
      ask(0);
    });
    const conditions = field.closest(".inline-related")?.querySelector("details");
    if (conditions) conditions.open = hasConditions(conditions);
  }
  // A choice that is not the first, or anything typed, is worth showing at once.
  function hasConditions(box) {
    const fields = [...box.querySelectorAll("input, select, textarea")];
    return fields.some((one) => (one.tagName === "SELECT" ? one.selectedIndex > 0 : one.value.trim()));
  }
  for (const field of form.querySelectorAll("[data-try]")) {
    if (!field.name.includes("__prefix__")) watchPattern(field);
  }
  // A row added to the form is a copy of the empty one.
  document.addEventListener("formset:added", (event) => {
    for (const field of event.target.querySelectorAll("[data-try]")) watchPattern(field);
  });
  // Patterns are tried on these, so that they are tried again when these change.
  form.addEventListener("change", (event) => {
    if (/^(sample|wordings|examples-\d+-text)$/.test(event.target.name || "")) {
      for (const ask of asks) ask();
    }
  });
});

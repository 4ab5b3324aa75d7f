// Suggestions under the search box: a combobox by the ARIA pattern. Without it the form works.
"use strict";

for (const form of document.querySelectorAll("form.search")) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let timer, asked = 0, active = -1;

  list.id = `${input.id}-list`;
  list.role = "listbox";
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  list.hidden = true;
  said.className = "unseen";
  said.setAttribute("aria-live", "polite");
  form.querySelector(".field").append(list, said);
  input.role = "combobox";
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map(({title, url}, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.role = "option";
      option.dataset.url = url;
      option.textContent = title;
      return option;
    }));
    choose(-1);
    list.hidden = !suggestions.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = list.hidden ? "" : `${form.dataset.found}: ${suggestions.length}`;
  };
  const choose = (number) => {
    active = number;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    const option = list.children[active];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({block: "nearest"});
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };
  // By POST: what is being typed must not get into an address.
  const ask = async () => {
    const number = ++asked;
    const words = input.value.trim();
    if (words.length < 2) return show([]);
    try {
      const answer = await fetch(form.dataset.suggest, {method: "POST", body: new URLSearchParams({q: words})});
      const {suggestions} = await answer.json();
      if (number === asked && document.activeElement === input) show(suggestions);
    } catch {
      show([]);
    }
  };

  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, 150);
  });
  input.addEventListener("compositionend", () => { timer = setTimeout(ask, 150); });
  input.addEventListener("blur", () => { asked++; show([]); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const count = list.children.length;
    if (event.key === "ArrowDown") choose(active + 1 < count ? active + 1 : -1);
    else if (event.key === "ArrowUp") choose(active < 0 ? count - 1 : active - 1);
    else if (event.key === "Escape") show([]);
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.url);
    else return;
    event.preventDefault();
  });
  // Before the blur, which would close the list under the finger.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
}

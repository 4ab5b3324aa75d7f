// Comfort for those who have scripts; everything works without.
"use strict";

const makeButton = (text, action) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = text;
  button.addEventListener("click", () => action(button));
  return button;
};

// A button beside every text that is there to be copied.
for (const box of document.querySelectorAll(".copyable")) {
  const text = box.querySelector("pre");
  const button = makeButton(box.dataset.copy, async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      // Without https there is no clipboard: select the text for the hand to copy.
      getSelection().selectAllChildren(text);
      return;
    }
    button.textContent = box.dataset.copied;
    setTimeout(() => { button.textContent = box.dataset.copy; }, 2000);
  });
  button.setAttribute("aria-live", "polite");
  box.append(button);
}

// One button for all the quiet lines of a long bounce.
for (const legend of document.querySelectorAll("[data-show]")) {
  legend.append(makeButton(legend.dataset.show, (button) => {
    const folds = [...document.querySelectorAll(".bounce .quiet")];
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
    button.textContent = open ? legend.dataset.fold : legend.dataset.show;
  }));
}

// A mail dropped anywhere on the page is explained at once.
const input = document.querySelector("form input[type=file]");
if (input) {
  const form = input.form;
  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const show = (step) => {
    depth = Math.max(0, depth + step);
    form.classList.toggle("dropping", depth > 0);
  };
  addEventListener("dragenter", (event) => { if (hasFile(event)) show(1); });
  addEventListener("dragleave", (event) => { if (hasFile(event)) show(-1); });
  addEventListener("dragover", (event) => { if (hasFile(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    show(-depth);
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

// Times in the reader's own zone, where that is another one than the site's.
const language = document.documentElement.lang;
for (const time of document.querySelectorAll("time[datetime*=T]")) {
  const moment = new Date(time.dateTime);
  const [, sign, hours, minutes] = time.dateTime.match(/([+-])(\d\d):(\d\d)$/) ?? [];
  const offset = Number(`${sign}1`) * (hours * 60 + Number(minutes));
  if (!sign || offset === -moment.getTimezoneOffset()) continue;
  time.title = time.textContent;
  time.textContent = moment.toLocaleString(language, {
    year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short",
  });
  for (const zone of document.querySelectorAll(".zone")) zone.hidden = true;
  const row = time.closest(".decoded > [id]");
  for (const mark of row ? document.querySelectorAll(`a[href="#${row.id}"]`) : []) mark.dataset.note = time.textContent;
}

// A finger has nothing to hover with: its first touch of a term shows the explanation, the
// second one leads to the glossary.
let focused;
addEventListener("pointerdown", () => { focused = document.activeElement; });
addEventListener("click", (event) => {
  const term = event.target.closest?.("a.term");
  if (!term || event.pointerType !== "touch" || focused === term) return;
  event.preventDefault();
  term.focus();
});

// Escape puts the note of a number away, until another one is looked at.
addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.add("no-notes");
});
for (const kind of ["pointerover", "focusin"]) {
  addEventListener(kind, () => document.body.classList.remove("no-notes"));
}

// A folded part that a link leads into opens.
const unfold = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  for (let fold = target?.closest?.("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
};
addEventListener("hashchange", unfold);
unfold();

// After the vote there is time for a word, which has a button of its own then.
function askForWord(form, answer) {
  const details = form.querySelector("details");
  details.open = true;
  let button = details.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.name = "helpful";
    button.textContent = form.dataset.send;
    details.append(button);
  }
  button.value = answer;
}

// A vote or a notice handed in is sent without leaving the page; where that fails, the
// browser sends it as it would without scripts and shows what is wrong.
for (const tell of document.querySelectorAll("form.tell")) {
  const said = document.createElement("p");
  said.className = "said-thanks";
  said.setAttribute("role", "status");
  tell.append(said);
  tell.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = event.submitter;
    const data = new FormData(tell);
    if (chosen?.name) data.set(chosen.name, chosen.value);
    let sent;
    try {
      sent = await fetch(tell.action, { method: "POST", body: new URLSearchParams(data) });
    } catch {
      sent = { ok: false };
    }
    if (!sent.ok) {
      if (chosen?.name) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: chosen.name, value: chosen.value });
        tell.append(field);
      }
      tell.submit();
      return;
    }
    said.textContent = tell.dataset.thanks;
    if (!tell.classList.contains("feedback")) {
      for (const part of [...tell.children]) if (part !== said) part.remove();
      return;
    }
    for (const button of tell.querySelectorAll("fieldset button")) {
      button.setAttribute("aria-pressed", String(button.value === chosen.value));
    }
    askForWord(tell, chosen.value);
  });
}

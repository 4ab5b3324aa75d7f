// Comfort for those who have scripts; everything works without.
"use strict";

// A button beside every text that is there to be copied.
for (const box of document.querySelectorAll(".copyable")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = box.dataset.copy;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const text = box.querySelector("pre").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without https there is no clipboard: select the text for the hand to copy.
      getSelection().selectAllChildren(box.querySelector("pre"));
      return;
    }
    button.textContent = box.dataset.copied;
    setTimeout(() => { button.textContent = box.dataset.copy; }, 2000);
  });
  box.append(button);
}

// A mail dropped anywhere on the page goes into the form.
const form = document.getElementById("paste");
if (form) {
  const input = form.querySelector("input[type=file]");
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
    input.focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

// A folded part that a link leads into opens.
const unfold = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  target?.closest?.("details")?.setAttribute("open", "");
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

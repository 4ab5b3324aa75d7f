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

// A button beside every text that is there to be copied.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".copyable")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button copy";
    button.textContent = box.dataset.copy;
    button.addEventListener("click", async () => {
      const text = box.querySelector("pre");
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = box.dataset.copied;
        setTimeout(() => { button.textContent = box.dataset.copy; }, 2000);
      } catch {
        // Without https there is no clipboard: select the text for the hand to copy.
        getSelection().selectAllChildren(text);
      }
    });
    box.prepend(button);
  }
});

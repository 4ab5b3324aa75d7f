// Puts the box of the mail error guide where this script stands, in a frame:
//   <script src="https://faq.example.jp/static/embed.js" data-language="ja" async></script>
"use strict";

(() => {
  const script = document.currentScript;
  const site = new URL(script.src).origin;
  const { language = "", title = "Mail error guide" } = script.dataset;
  const frame = document.createElement("iframe");
  frame.src = `${site}/${language ? `${encodeURIComponent(language)}/` : ""}embed/`;
  frame.title = title;
  frame.loading = "lazy";
  frame.style.cssText = "width: 100%; height: 32rem; border: 0;";
  // The box tells its height and nothing else; no other frame is listened to.
  addEventListener("message", (event) => {
    const height = Number(event.data?.faqsiteHeight);
    if (event.source === frame.contentWindow && event.origin === site && height > 0) {
      frame.style.height = `${Math.min(height, 3000)}px`;
    }
  });
  script.after(frame);
})();

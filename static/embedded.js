// Tells the page around the frame how high the box is, and nothing else.
"use strict";

new ResizeObserver(() => {
  parent.postMessage({ faqsiteHeight: document.documentElement.offsetHeight }, "*");
}).observe(document.documentElement);

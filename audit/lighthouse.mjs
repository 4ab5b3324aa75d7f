// Measure pages by Lighthouse's mobile rules: pages as JSON on standard input, a line of
// JSON for each on standard output. A result page has no address, so it is measured as the
// answer to the form that a person sends.
import { createInterface } from "node:readline";
import { navigation } from "lighthouse";
import puppeteer from "puppeteer-core";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
// Results, of a paste or of a search, must not be found by search engines and say so.
const OF_RESULTS = { skipAudits: ["is-crawlable"] };

const [executablePath, ...args] = process.argv.slice(2);

async function measure({ url, paste }) {
  const browser = await puppeteer.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    if (paste === null) {
      const flags = new URL(url).searchParams.has("q") ? OF_RESULTS : {};
      const result = await navigation(page, url, { flags });
      if (flags.skipAudits) mustNotBeKept(result);
      return summarise(result);
    }
    await page.goto(url);
    await page.$eval("#paste textarea", (box, text) => { box.value = text; }, paste);
    const cdp = await page.createCDPSession();
    await cdp.send("Network.clearBrowserCache");
    const send = () => page.click("#paste button.primary");
    const settings = { ...OF_RESULTS, disableStorageReset: true };
    const result = await navigation(page, send, { flags: settings });
    mustNotBeKept(result);
    return summarise(result);
  } finally {
    await browser.close();
  }
}

function mustNotBeKept({ artifacts: { MetaElements: metas } }) {
  if (!metas.some(({ name, content }) => name === "robots" && content.includes("noindex"))) {
    throw new Error("A result page lets search engines keep it.");
  }
}

function summarise({ lhr }) {
  const scores = CATEGORIES.map((id) => Math.round(lhr.categories[id].score * 100));
  const lost = CATEGORIES.flatMap((id) => lhr.categories[id].auditRefs)
    .filter(({ id, weight }) => weight && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9)
    .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ""}`.trim());
  return { scores, lost };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await measure(JSON.parse(line))));
}

// What the browser forgives and other programs do not: every page is valid HTML, and a screen reader meets it in a good order
// and is told what comes. What never lives here: how pages look.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import { journey, must, until } from "./drive.mjs";

const SICK = "My PA is off sick. Do I have to pay her?";
const checker = new HtmlValidate(new StaticConfigLoader({ root: true, extends: ["html-validate:standard"] }));

/** Fails with everything that is wrong with this HTML. */
const valid = async (html, name) => {
  must(html.length > 200, `${name} is empty`);
  const { results } = await checker.validateString(html);
  const wrong = results.flatMap((result) => result.messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
  must(wrong.length === 0, `${name} is not valid HTML:\n  ${wrong.join("\n  ")}`);
};

const refused = async (html) => {
  try { await valid(html, "broken"); } catch { return true; }
  return false;
};

journey("the checker finds broken HTML", {}, async () => {
  const page = (inside) => `<!DOCTYPE html><html lang="en"><head><title>A page that is long enough to be looked at</title></head><body>${inside}<p>${"words ".repeat(40)}</p></body></html>`;
  must(!(await refused(page("<p>good</p>"))), "good HTML is refused");
  for (const broken of ["<p id=\"a\"></p><p id=\"a\"></p>", "<button><a href=\"/x\">x</a></button>", "<p><div></div></p>", "<ul><p>no</p></ul>"]) {
    must(await refused(page(broken)), `${broken} passes`);
  }
});

journey("every template is valid HTML", {}, async () => {
  const folder = process.env.WAYMARK_SPECIMENS;
  const names = readdirSync(folder);
  must(names.length > 15, `${names.length} templates`);
  for (const name of names) await valid(readFileSync(`${folder}/${name}`, "utf8"), name);
});

journey("every page of the service is valid HTML", { js: false }, async (page) => {
  const get = async (path, status = 200) => {
    const response = await page.request.get(path);
    must(response.status() === status, `${path}: ${response.status()}`);
    await valid(await response.text(), path);
  };
  const map = await (await page.request.get("/sitemap.xml")).text();
  const all = [...map.matchAll(/<loc>https?:\/\/[^/]+(.*?)<\/loc>/g)].map((found) => found[1]);
  must(all.length > 100, `${all.length} addresses`);
  for (const path of all) await get(path);
  for (const path of ["/guides?for=pa", "/guides/employment/sick-pay?read=easy", "/search", "/search?q=holiday", "/search?q=zzxxqq", "/widget"]) await get(path);
  await get("/no-such-page", 404);
  await get("/return/nothing", 404);
  // A conversation in every state, as it is drawn without a script.
  await page.goto("/");
  for (const words of [SICK, "can I use my direct payment to pay my son", "ما هي الدفعة المباشرة؟", "he hit me again last night", "I want to talk to a person"]) {
    const before = await page.locator(".msg.assistant").count();
    await page.locator("#text").fill(words);
    await page.locator("#ask > button[type=submit]").click();
    await page.locator(".msg.assistant").nth(before).waitFor();
    await valid(await page.content(), words);
  }
  for (const path of ["/", "/chat/keep", "/chat/print", "/chat/delete"]) await get(path);
});

// A screen reader that is a program: what it says, in the order in which it comes.
const browser = createRequire(import.meta.url).resolve("@guidepup/virtual-screen-reader").replace(/lib\/.*$/, "lib/esm/index.browser.js");
const reader = async (page) => {
  await page.route("**/screen-reader.js", (route) => route.fulfill({ contentType: "text/javascript", body: readFileSync(browser, "utf8") }));
  await page.evaluate(async () => {
    const { virtual } = await import("/screen-reader.js");
    window.reader = virtual;
  });
};
const spoken = (page, within, most = 400) =>
  page.evaluate(async ([within, most]) => {
    await window.reader.start({ container: document.querySelector(within) });
    for (let steps = 0; steps < most; steps += 1) {
      await window.reader.next();
      if (/^end of (main|log|document)/.test(await window.reader.lastSpokenPhrase()) && steps > 3) break;
    }
    const log = await window.reader.spokenPhraseLog();
    await window.reader.stop();
    return log;
  }, [within, most]);
const ordered = (said, wanted) => {
  let at = -1;
  for (const one of wanted) {
    const found = said.findIndex((phrase, place) => place > at && one.test(phrase));
    must(found > at, `${one} is not said after "${said[at] ?? "the beginning"}":\n  ${said.join("\n  ")}`);
    at = found;
  }
};

journey("a screen reader meets the start page in a good order", { width: 800 }, async (page) => {
  await page.goto("/");
  await reader(page);
  ordered(await spoken(page, "main"), [/^heading, Ask about Direct Payments/, /computer program, not a person/, /^textbox, Your question, .*Spelling does not matter/, /^combobox, Your council/, /^heading, Before you write/, /^button, Send/, /^heading, Questions people ask/]);
});

journey("a screen reader meets an answer in a good order, and is told of it", { width: 800 }, async (page) => {
  await page.goto("/");
  await page.locator("#text").fill(SICK);
  await page.locator("#ask > button[type=submit]").click();
  await page.locator(".msg.assistant .short").waitFor();
  await reader(page);
  ordered(await spoken(page, "#log"), [/^heading, You/, /My PA is off sick/, /^heading, Waymark - computer program/, /Sick pay/, /Correct as of/, /^heading, Do this next/, /More detail/, /Where this comes from/, /^button, Yes ?, this answer helped/]);
  // What comes later is announced, politely, once; the person's place is not taken away.
  await page.evaluate(async () => { await window.reader.start({ container: document.body }); });
  await page.locator("#text").focus();
  await page.locator("#text").fill("how much holiday does she get");
  await page.keyboard.press("Control+Enter");
  await page.locator(".msg.assistant").nth(1).waitFor();
  const announced = await until(async () => {
    const log = await page.evaluate(() => window.reader.spokenPhraseLog());
    const polite = log.filter((phrase) => /^polite: /.test(phrase));
    return polite.some((phrase) => /holiday/i.test(phrase)) && polite;
  }, "the answer is announced");
  must(!announced.some((phrase) => /^assertive: /.test(phrase)), "nothing interrupts");
  must((await page.evaluate(() => document.activeElement.id)) === "text", "focus stays in the box");
});

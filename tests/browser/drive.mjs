// What every journey uses: a browser context as a person has it, axe, pictures, the command line beside the server.
// A journey is told by `journey(name, person, walk)`; run.mjs walks them. What never lives here: a journey.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const needed = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: journeys are run by \`cargo it browser\``);
  return value;
};

/** Where the server under test listens. */
export const url = needed("WAYMARK_URL");
export const journeys = [];

/** How long a page may take to do what is waited for, in milliseconds: builds may be going on beside a run. */
export const PATIENCE = 60_000;

/**
 * Tells a journey. `person`: `{ js, width, height, reducedMotion, forcedColors, locale, ... }`, the rest as Playwright's
 * newContext takes it; without it a laptop with JavaScript. `walk(page, look, context)`: `look(name)` demands that axe finds
 * nothing and that nothing scrolls sideways, and keeps a picture where WAYMARK_PICTURES names a folder.
 */
export const journey = (name, person, walk) => journeys.push({ name, person, walk });

/** Fails with words. */
export const must = (good, words) => {
  if (!good) throw new Error(words);
};

/** Runs the executable under test beside its server, as an operator would: `waymark("cases", "list", "--json")`. */
export const waymark = (...words) =>
  execFileSync(needed("WAYMARK_BIN"), ["--config", needed("WAYMARK_CONFIG"), ...words], { encoding: "utf8" });

/** Waits until `look()` gives something, at most a minute. */
export const until = async (look, words) => {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`not within a minute: ${words}`);
};

/** Asks in the chat and waits for the reply. The first stands on a page of its own, which may still be arriving, and its script with it. */
export const ask = async (page, words) => {
  const before = await page.locator(".msg.assistant").count();
  await page.locator("#text").fill(words);
  await page.locator("#ask > button[type=submit]").click();
  await page.locator(".msg.assistant").nth(before).waitFor();
  await page.waitForLoadState();
};

/** Everything axe finds on the page as it stands. The page's own policy forbids injected script tags; this is none. */
export const findings = async (page) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`);
};

/** How far the page can be scrolled sideways, in pixels. */
export const sideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/**
 * Run in the page: what an unsteady thumb would miss (WCAG 2.2, 2.5.8: links within a sentence are let off), and menus that
 * have no room for their words.
 */
export const cramped = () => {
  const wrong = [];
  for (const one of document.querySelectorAll("a, button, input:not([type=hidden]), select, summary, textarea")) {
    if (!one.checkVisibility() || one.closest(".govuk-skip-link, p, li, td, dd") || one.matches(".govuk-skip-link")) continue;
    const { width, height } = one.getBoundingClientRect();
    if (width < 24 || height < 24) wrong.push(`${Math.round(width)} by ${Math.round(height)}: ${one.outerHTML.slice(0, 100)}`);
  }
  const pen = document.createElement("canvas").getContext("2d");
  for (const one of document.querySelectorAll("select")) {
    if (!one.checkVisibility()) continue;
    pen.font = getComputedStyle(one).font;
    for (const option of one.options) if (pen.measureText(option.text).width > one.clientWidth - 26) wrong.push(`cut: ${option.text}`);
  }
  return wrong;
};

/** Run in the page under forced colours, which take backgrounds away: what can be pressed or filled in and has no edge. */
export const edgeless = () =>
  [...document.querySelectorAll("button, .govuk-button, input:not([type=hidden]), select, textarea")]
    .filter((one) => one.checkVisibility() && !one.closest(".govuk-radios, .govuk-checkboxes"))
    .filter((one) => {
      const style = getComputedStyle(one);
      return style.borderBottomStyle === "none" || Number.parseFloat(style.borderBottomWidth) < 1;
    })
    .map((one) => `no edge around ${one.outerHTML.slice(0, 100)}`);

/** Run in the page of whoever wants no motion: what moves. */
export const moving = () => {
  const moving = document.getAnimations().map((one) => `runs: ${one.animationName ?? one.transitionProperty}`);
  for (const one of document.querySelectorAll("*")) {
    const style = getComputedStyle(one);
    const long = [style.transitionDuration, style.animationDuration].flatMap((all) => all.split(",")).some((time) => Number.parseFloat(time) > 0.01);
    if (long || style.scrollBehavior === "smooth") moving.push(`moves: ${one.outerHTML.slice(0, 100)}`);
  }
  return moving;
};

/** Run in a page 320 wide and 256 high, a laptop at 400 %: what stands outside it, and what stands in front of the text. */
export const outside = () => {
  const wrong = [];
  for (const one of document.querySelectorAll("main a, main button, main input:not([type=hidden]), main select, main textarea, main h1, main h2, header a, footer a")) {
    if (!one.checkVisibility() || one.closest(".govuk-visually-hidden, .govuk-skip-link")) continue;
    const { left, right, width } = one.getBoundingClientRect();
    if (width > 1 && (left < 0 || right > 321)) wrong.push(`${Math.round(left)} to ${Math.round(right)}: ${one.outerHTML.slice(0, 100)}`);
  }
  for (const one of document.querySelectorAll("body *")) {
    const { position } = getComputedStyle(one);
    if (!/fixed|sticky/.test(position) || !one.checkVisibility()) continue;
    if (one.getBoundingClientRect().height > 85) wrong.push(`stands in front of the text: ${one.outerHTML.slice(0, 100)}`);
  }
  return wrong;
};

const picture = async (page, name) => {
  const folder = process.env.WAYMARK_PICTURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
};

/** Makes the `look` of a journey. */
export const looker = (page, journeyName, js) => async (name) => {
  const label = `${journeyName} ${name}`.replace(/[^a-z0-9]+/gi, "-").toLowerCase();
  await picture(page, label);
  // Without JavaScript in the page Playwright cannot evaluate in it either: such journeys compare what is there.
  if (!js) return;
  const found = await findings(page);
  must(found.length === 0, `axe on "${name}" (${page.url()}):\n  ${found.join("\n  ")}`);
  const over = await sideways(page);
  must(over <= 0, `"${name}" scrolls sideways by ${over} pixels`);
};

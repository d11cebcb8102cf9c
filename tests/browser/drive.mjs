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

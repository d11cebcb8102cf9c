// Walks the journeys of the files named: `node run.mjs chat.mjs`. Each in a fresh browser context; a page that writes an
// error to its console, or asks anything of another host, fails its journey. Exit code 1 if any journey failed.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { PATIENCE, journeys, looker, url } from "./drive.mjs";

const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
// Chromium's own sandbox does not start for root.
if (process.getuid?.() === 0) flags.push("--no-sandbox");

// A microphone that beeps, or one that says what stands in a file. Nobody is asked: a journey's own permissions count.
flags.push("--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required");
if (process.env.WAYMARK_SPOKEN) flags.push(`--use-file-for-fake-audio-capture=${process.env.WAYMARK_SPOKEN}%noloop`);

for (const file of process.argv.slice(2)) await import(resolve(import.meta.dirname, file));
const only = process.env.JOURNEY;
const chosen = journeys.filter((j) => !only || j.name.includes(only));
const launch = () => chromium.launch({ executablePath: process.env.WAYMARK_CHROMIUM, args: flags });
let browser = await launch();
const failed = chosen.length === 0 ? [`no journey is named so: ${only}`] : [];

/** What Chromium itself may never finish: after a recording it stood still for good, twice in some twenty runs on a busy machine. */
const within = (patience, wait, what) => {
  let clock;
  const late = new Promise((_, no) => { clock = setTimeout(() => no(new Error(`${what} stood still`)), patience); });
  return Promise.race([wait, late]).finally(() => clearTimeout(clock));
};
const STILL = 60_000;
const JOURNEY = 15 * 60_000;

/** A context of its own; where the browser stands still before a journey has begun, of a new browser. */
const fresh = async (options) => {
  try {
    return await within(STILL, browser.newContext(options), "the browser");
  } catch (error) {
    console.log(`${error.message}: started anew`);
    await within(STILL, browser.close(), "its end").catch(() => {});
    browser = await launch();
    return browser.newContext(options);
  }
};

for (const { name, person, walk } of chosen) {
  const { js = true, width = 1280, height = 900, ...rest } = person;
  const context = await fresh({ baseURL: url, javaScriptEnabled: js, viewport: { width, height }, locale: "en-GB", ...rest });
  context.setDefaultTimeout(PATIENCE);
  const trouble = [];
  const watch = (page) => {
    page.on("pageerror", (error) => trouble.push(`script: ${error.message}`));
    page.on("console", (said) => {
      // Networks that fail on purpose are told by the journey itself.
      if (said.type() === "error" && !/Failed to load resource|ERR_/.test(said.text())) trouble.push(`console: ${said.text()}`);
    });
    page.on("request", (asked) => {
      const to = asked.url();
      if (!to.startsWith(url) && !to.startsWith("data:") && !/^(about|blob):/.test(to) && !person.elsewhere?.test(to)) trouble.push(`asked of elsewhere: ${to}`);
    });
  };
  context.on("page", watch);
  const page = await context.newPage();
  const began = performance.now();
  try {
    await within(JOURNEY, walk(page, looker(page, name, js), context), "the journey");
    if (trouble.length > 0) throw new Error(trouble.join("\n"));
    console.log(`ok      ${name} (${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    failed.push(`${name}: ${error.message.split("\n")[0]}`);
    console.log(`FAILED  ${name}\n${error.stack}\n${trouble.join("\n")}`);
    const folder = process.env.WAYMARK_FAILED;
    if (folder) {
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name.replace(/[^a-z0-9]+/gi, "-")}.png`), fullPage: true }).catch(() => {});
    }
  }
  await within(STILL, context.close(), "its end").catch(() => {});
}
await within(STILL, browser.close(), "its end").catch(() => {});
// Last, for a long log is read from its end.
for (const one of failed) console.error(`FAILED  ${one}`);
process.exit(failed.length > 0 ? 1 : 0);

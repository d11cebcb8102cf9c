// The guides and the search, as people and programs read them.
import { journey, must, until, url } from "./drive.mjs";

for (const width of [320, 1280]) {
  journey(`read a guide at ${width}`, { width, height: 800 }, async (page, look) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Guides" }).click();
    await look("contents");
    must((await page.evaluate(() => document.documentElement.scrollHeight)) < 2_500, "the contents fill many screens");
    await page.locator("summary").getByText("Employing a PA").click();
    await page.getByRole("link", { name: "Sick pay for a PA" }).waitFor();
    await page.getByText("Show only what is for me").click();
    await page.getByRole("link", { name: "I work as a PA" }).click();
    await page.getByRole("link", { name: "Sick pay for a PA" }).waitFor();
    await look("contents for PAs");
    await page.getByRole("link", { name: "Sick pay for a PA" }).click();
    await page.getByRole("heading", { name: "Sick pay for a PA", level: 1 }).waitFor();
    await look("guide");
    must(/£\d+\.\d\d a week/.test(await page.locator(".wm-summary").innerText()), "the guide has no figure");
    must(!(await page.locator("main").innerText()).includes("{{"), "a figure is left unfilled");
    const before = page.getByText("What has changed");
    must(!(await page.getByText("This no longer holds.").isVisible()), "what held before stands folded");
    await before.click();
    await page.getByRole("heading", { name: /^Until 5 April 2026: / }).waitFor();
    await before.click();
    await page.locator("details summary").first().click();
    must(/Last checked \d+ \w+ 20\d\d/.test(await page.locator(".source").first().innerText()), "a source has no date");
    await page.getByRole("link", { name: "Show it in easy read" }).click();
    await page.locator(".wm-easy").waitFor();
    await look("easy read");
  });
}

for (const js of [true, false]) {
  journey(`a guide on paper, ${js ? "with" : "without"} JavaScript`, { js, width: 640 }, async (page, look) => {
    await page.goto("/guides/employment/sick-pay");
    const source = page.locator(".source a").first();
    must(!(await source.isVisible()), "sources stand unfolded");
    await page.emulateMedia({ media: "print" });
    if (js) await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await source.waitFor();
    must(!(await page.getByRole("link", { name: "Leave page" }).isVisible()), "what nobody can press is printed");
    await look("paper");
    if (js) {
      const [ground, ink] = await page.locator(".wm-header").evaluate((head) => [getComputedStyle(head).backgroundColor, getComputedStyle(head.querySelector("a")).color]);
      must(ground === "rgba(0, 0, 0, 0)" && ink === "rgb(0, 0, 0)", `the name on paper: ${ink} on ${ground}`);
    }
    if (js) {
      await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
      await page.emulateMedia({ media: "screen" });
      must(!(await source.isVisible()), "sources stay unfolded");
    }
  });
}

journey("search without JavaScript", { js: false, width: 400 }, async (page, look) => {
  await page.goto("/search");
  await page.getByLabel("What are you looking for?").fill("holliday pay");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("heading", { name: /guides?, nearest first/ }).waitFor();
  must(/holiday/i.test(await page.locator(".wm-found h3").first().innerText()), "a misspelt word finds nothing");
  must(!(await page.locator(".wm-found").innerText()).includes("{{"), "a figure is left unfilled");
  await look("found");
  await page.getByRole("button", { name: /^Ask/ }).click();
  await page.locator(".msg.assistant").waitFor();
});

journey("search suggests while typing", { width: 400 }, async (page, look) => {
  await page.goto("/search");
  await look("empty");
  await page.getByLabel("What are you looking for?").pressSequentially("sick p", { delay: 30 });
  await until(async () => (await page.locator("#suggestions option").count()) > 1, "suggestions");
  const lines = await page.locator("#suggestions option").evaluateAll((all) => all.map((o) => o.value));
  must(lines.every((line) => /\bsick/i.test(line)), lines.join("; "));
  await page.getByRole("button", { name: "Search" }).click();
  await look("found");
  must((await page.locator(".wm-found p").first().innerText()).includes("first day"), "an old short answer is shown");
  await page.getByLabel("What are you looking for?").fill("zzxxqq");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("We found no guide").waitFor();
  await look("nothing found");
});

journey("an answer leads to its guide, at its section", { width: 400 }, async (page) => {
  await page.goto("/");
  await page.locator("#text").fill("does my PA need a sick note");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const link = page.locator(".guides a").first();
  await link.waitFor();
  const to = await link.getAttribute("href");
  await link.click();
  await page.locator(".wm-guide").waitFor();
  const anchor = to.split("#")[1];
  if (anchor) must(await page.locator(`[id="${anchor}"]`).isVisible(), `${to}: no such section`);
});

journey("every guide of the site map opens, and its links lead somewhere", { width: 800 }, async (page) => {
  const map = await (await page.request.get("/sitemap.xml")).text();
  const all = [...map.matchAll(/<loc>(.*?)<\/loc>/g)].map((found) => found[1]);
  must(all.length > 100, `${all.length} addresses`);
  const anchors = new Map();
  const asked = new Map();
  for (const address of all) {
    const response = await page.request.get(address);
    must(response.ok(), `${address}: ${response.status()}`);
    const html = await response.text();
    must(!html.includes("{{"), `${address}: an unfilled figure`);
    anchors.set(address, new Set([...html.matchAll(/ id="([^"]+)"/g)].map((found) => found[1])));
    for (const [, to] of html.matchAll(/href="(\/guides[^"]*)"/g)) asked.set(to, address);
  }
  for (const [to, from] of asked) {
    const [path, anchor] = `${url}${to}`.split("?")[0].split("#");
    if (!anchors.has(path)) {
      // Not in the map: one whose time is over. It must be there and say so.
      const response = await page.request.get(path);
      must(response.ok(), `${from} links to ${to}, which is not there`);
      const html = await response.text();
      must(html.includes("no longer holds"), `${to} is in no map and does not say why`);
      anchors.set(path, new Set([...html.matchAll(/ id="([^"]+)"/g)].map((found) => found[1])));
    }
    const known = anchors.get(path);
    must(!anchor || known.has(anchor), `${from} links to ${to}: no such section`);
  }
});

for (const width of [320, 1280]) {
  journey(`statements at ${width}`, { width, height: 800 }, async (page, look) => {
    await page.goto("/");
    for (const [name, title] of [["About", "About "], ["Privacy", "Privacy"], ["Accessibility", "Accessibility statement for"], ["Cookies", "Cookies"]]) {
      await page.getByRole("contentinfo").getByRole("link", { name }).click();
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await look(name);
    }
    await page.goto("/no-such-page");
    await look("not found");
  });
}

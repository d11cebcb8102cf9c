// The chat on another website, whose own policy is strict. `localhost` and `127.0.0.1` are two sites to a browser.
import { createServer } from "node:http";
import { findings, journey, must, until, url } from "./drive.mjs";

const policy = `default-src 'none'; script-src ${url}; frame-src ${url}; base-uri 'none'`;
const html = `<!DOCTYPE html><html lang="en"><head><title>A council</title></head><body><main><h1>A council</h1><p>Words. <a href="#x">A link</a></p></main><script src="${url}/widget.js" data-label="Ask about care" data-colour="#4b2a85" data-area="kent" async></script></body></html>`;
const person = { width: 800, height: 700, elsewhere: /^http:\/\/localhost:/ };

const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy }).end(html));
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
// The browser's run ends the process; an open server must not keep it.
server.unref();
const council = `http://localhost:${server.address().port}/council`;

const open = async (page) => {
  await page.goto(council);
  await page.getByRole("button", { name: "Ask about care" }).waitFor();
};

journey("the widget on a website with a strict policy", person, async (page) => {
  const fetched = [];
  page.on("response", (response) => fetched.push(response));
  await open(page);
  must(fetched.length === 2, `before it is opened only the script is fetched: ${fetched.map((r) => r.url())}`);
  const sizes = await fetched[1].request().sizes();
  must(sizes.responseBodySize < 5_000, `the script is ${sizes.responseBodySize} bytes`);
  const found = await findings(page);
  must(found.length === 0, found.join("\n"));

  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  must((await page.locator("dialog .bar").innerText()).startsWith("Waymark"), "the open dialog does not say whose it is");
  const frame = page.frameLocator("iframe");
  await frame.getByLabel("Your question").fill("how much holiday does my PA get");
  must((await frame.getByLabel("Your council").inputValue()) === "kent", "the council is chosen beforehand");
  await frame.getByRole("button", { name: "Send", exact: true }).click();
  await frame.locator(".msg.assistant .short").waitFor();
  await frame.locator("#text").focus();
  await page.keyboard.press("Escape");
  await until(async () => !(await page.locator("dialog").isVisible()), "closed by Escape, from inside the frame");
  const focus = await page.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent);
  must(focus === "Ask about care", `focus goes back to the button, not to ${focus}`);

  // The conversation is still there when the website is looked at again.
  await page.reload();
  await page.getByRole("button", { name: "Ask about care" }).click();
  await page.frameLocator("iframe").locator(".msg.assistant .short").waitFor();
});

journey("leaving from inside the widget leaves the website too", { ...person, elsewhere: /^(http:\/\/localhost:|https:\/\/www\.bbc\.co\.uk)/ }, async (page, _, context) => {
  await context.route("https://www.bbc.co.uk/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>Weather</title>" }));
  await open(page);
  await page.getByRole("button", { name: "Ask about care" }).click();
  const frame = page.frameLocator("iframe");
  await frame.getByLabel("Your question").fill("how much holiday does my PA get");
  await frame.getByRole("button", { name: "Send", exact: true }).click();
  await frame.locator(".msg.assistant .short").waitFor();
  await frame.getByRole("link", { name: /Leave page/ }).click();
  await until(async () => (await page.title()) === "Weather", "the weather");
  await page.goto(council);
  await page.getByRole("button", { name: "Ask about care" }).click();
  await page.frameLocator("iframe").getByLabel("Your question").waitFor();
});

for (const width of [320, 1280]) {
  journey(`the page that shows the widget, at ${width}`, { width, height: 800 }, async (page, look) => {
    await page.goto("/widget");
    await look("closed");
    await page.getByRole("button", { name: /^Ask / }).click();
    await page.frameLocator("iframe").getByLabel("Your question").waitFor();
    await look("open");
  });
}

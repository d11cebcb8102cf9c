// Speaking and listening in the page. The states of the recorder need no weights: a sample page (bots/web specimens) shows it, and
// what it sends is answered here. With weights (WAYMARK_SPOKEN) a spoken question goes the whole way. What never lives
// here: how well it hears (tests/voice).
import { readFileSync } from "node:fs";
import { journey, must, until, url } from "./drive.mjs";

const SPOKEN = process.env.WAYMARK_SPOKEN;
const specimen = (name) => readFileSync(`${process.env.WAYMARK_SPECIMENS}/${name}`, "utf8");
const may = { permissions: ["microphone"] };

/** The sample of this page in place of the real one; scripts and style are the server's. */
const show = async (page, name, change = (html) => html) => {
  await page.route((at) => at.pathname === "/", (route) => route.fulfill({ contentType: "text/html", body: change(specimen(name)) }));
  await page.goto("/");
};
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const told = (page, words) => page.locator("#speak [role=status]").getByText(words).waitFor();
const silence = (() => {
  const wav = Buffer.alloc(44 + 16_000);
  wav.write("RIFF", 0); wav.writeUInt32LE(36 + 16_000, 4); wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(16_000, 28); wav.writeUInt16LE(2, 32); wav.writeUInt16LE(16, 34); wav.write("data", 36); wav.writeUInt32LE(16_000, 40);
  return wav;
})();

journey("no recorder where the server cannot hear", { width: 400 }, async (page) => {
  if (SPOKEN) return;
  await page.goto("/");
  await page.locator("#text").waitFor();
  must((await page.getByRole("button", { name: "Speak instead" }).count()) === 0, "a recorder that nobody listens to");
  must((await page.locator("script[src*=voice]").count()) === 0, "its script is fetched before there is a message to read aloud");
});

journey("no recorder without JavaScript", { width: 400, js: false }, async (page) => {
  await show(page, "start.html");
  must(!(await page.locator("#speak").isVisible()), "a recorder that cannot work");
});

for (const width of [320, 1280]) {
  journey(`record, play back, send at ${width}`, { ...may, width, height: 800 }, async (page, look) => {
    const sent = [];
    await page.route("**/chat/voice?*", async (route) => {
      sent.push([new URL(route.request().url()).searchParams.get("client_id"), (route.request().postDataBuffer() || []).length]);
      if (sent.length === 1) return route.abort();
      await route.fulfill({ contentType: "application/json", body: JSON.stringify({ messages: [], notice: null }) });
    });
    await page.route("**/chat/begin", (route) => route.fulfill({ status: 204 }));
    await show(page, "start.html");
    await press(page, "Speak instead");
    await page.getByText("The recording is deleted at once").waitFor();
    await look("before");
    await press(page, "Start recording");
    await told(page, "Recording. Speak now.");
    // The browser's false microphone beeps.
    await until(() => page.locator("meter").evaluate((meter) => meter.value > 0.05), "the meter moves");
    await look("recording");
    await press(page, "Stop");
    await page.locator("#speak audio").waitFor();
    await until(() => page.locator("#speak audio").evaluate((audio) => audio.readyState > 0), "it can be played back");
    await look("recorded");
    await press(page, "Send recording");
    await told(page, "We could not send it. Your recording is still here");
    await press(page, "Send recording");
    await until(async () => sent.length === 2, "sent once more");
    must(sent[0][0] === sent[1][0] && /^[0-9a-f]{24}$/.test(sent[0][0]), `one recording, one number: ${sent}`);
    must(sent[1][1] > 1000, `${sent[1][1]} bytes were sent`);
  });
}

journey("record by keyboard, and think better of it", { ...may, width: 800 }, async (page) => {
  await show(page, "start.html");
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await page.getByRole("button", { name: "Speak instead" }).focus();
  await page.keyboard.press("Enter");
  must((await focused()) === "Start recording", await focused());
  await page.keyboard.press("Enter");
  await until(async () => (await focused()) === "Stop", "focus on Stop");
  await page.keyboard.press("Space");
  await until(async () => (await focused()) === "Send recording", "focus on Send");
  await page.keyboard.press("Escape");
  await until(async () => (await focused()) === "Speak instead", "focus back at the beginning");
  must(!(await page.locator("#speak-panel").isVisible()), "closed");
});

journey("the microphone is not allowed", { width: 400, permissions: [] }, async (page, look) => {
  await show(page, "start.html");
  await press(page, "Speak instead");
  await press(page, "Start recording");
  await told(page, "The microphone is not allowed for this page.");
  await look("denied");
  await press(page, "Cancel");
  await page.locator("#text").fill("typing still works");
});

journey("there is no microphone", { ...may, width: 400 }, async (page, look) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
  });
  await show(page, "start.html");
  await press(page, "Speak instead");
  await press(page, "Start recording");
  await told(page, "We found no microphone. Please type your question.");
  await look("no device");
});

journey("a recording ends by itself when it is too long", { ...may, width: 400 }, async (page) => {
  await show(page, "start.html", (html) => html.replace('data-limit="180"', 'data-limit="2"'));
  await press(page, "Speak instead");
  await press(page, "Start recording");
  await told(page, "Stopped: this is the longest we can listen to.");
  await page.getByRole("button", { name: "Send recording" }).waitFor();
});

journey("the server cannot use the recording", { ...may, width: 400 }, async (page) => {
  await page.route("**/chat/begin", (route) => route.fulfill({ status: 204 }));
  await page.route("**/chat/voice?*", (route) => route.fulfill({ status: 415, contentType: "application/problem+json", body: JSON.stringify({ detail: "Please record it again, or write your question instead." }) }));
  await show(page, "start.html");
  await press(page, "Speak instead");
  await press(page, "Start recording");
  await told(page, "Recording. Speak now.");
  await press(page, "Stop");
  await press(page, "Send recording");
  await told(page, "Please record it again, or write your question instead.");
  await page.getByRole("button", { name: "Record again" }).waitFor();
});

journey("an answer read aloud, slower", { width: 400 }, async (page, look) => {
  const asked = [];
  await page.route("**/chat/speech?*", (route) => {
    asked.push(route.request().url());
    return route.fulfill({ contentType: "audio/wav", body: silence });
  });
  await page.route("**/chat/events*", (route) => route.fulfill({ status: 204 }));
  await show(page, "chat.html");
  must((await page.locator(".msg.person [data-listen]").count()) === 0, "one's own words are read aloud");
  const other = page.locator(".msg.assistant").filter({ has: page.locator('[lang="pl"]') }).first();
  if (await other.count()) must((await other.getByRole("button", { name: "Read aloud" }).count()) === 0, "Polish cannot be spoken");
  await page.getByRole("button", { name: "Read aloud" }).first().click();
  await page.getByLabel("Speed").selectOption("0.75");
  must((await page.locator(".wm-player audio").evaluate((audio) => audio.playbackRate)) === 0.75, "the pace");
  must(/\/chat\/speech\?message=\d+$/.test(asked[0]), asked[0]);
  await page.getByRole("button", { name: "Read aloud" }).first().click();
  must((await page.getByLabel("Speed").nth(1).inputValue()) === "0.75", "the pace is kept");
  await look("players");
});

// The whole way, where the weights are: Chromium's microphone is a file with a spoken question.
if (SPOKEN) {
  journey("a spoken question is answered, put right and read aloud", { ...may, width: 400, height: 800 }, async (page, look) => {
    page.setDefaultTimeout(180_000);
    await page.goto("/");
    await press(page, "Speak instead");
    await press(page, "Start recording");
    await told(page, "Recording. Speak now.");
    await until(() => page.locator("meter").evaluate((meter) => meter.value > 0.05), "the voice is heard");
    await page.waitForTimeout(4_000);
    await press(page, "Stop");
    await press(page, "Send recording");
    await page.locator(".msg.assistant").waitFor();
    const heard = await page.locator(".heard").innerText();
    must(/I heard: .*pay/i.test(heard), heard);
    await look("heard");
    await press(page, "Change these words");
    must(/pay/i.test(await page.locator("#text").inputValue()), "what was heard is in the box");
    await page.locator("#text").fill("Do I have to pay my PA when she is ill?");
    await press(page, "Send");
    await page.locator(".msg.assistant .short").nth(1).waitFor();
    const before = Date.now();
    await page.getByRole("button", { name: "Read aloud" }).last().click();
    await page.waitForFunction(() => [...document.querySelectorAll(".wm-player audio")].some((audio) => audio.currentTime > 0.3), null, { timeout: 180_000 });
    console.log(`        first sound after ${Date.now() - before} ms`);
    await look("read aloud");
  });

  journey("a second spoken question in the same conversation", { ...may, width: 400, height: 800 }, async (page) => {
    page.setDefaultTimeout(180_000);
    await page.goto("/");
    await page.locator("#text").fill("what is a direct payment");
    await press(page, "Send");
    await page.locator(".msg.assistant").waitFor();
    await press(page, "Speak instead");
    await press(page, "Start recording");
    await told(page, "Recording. Speak now.");
    await page.waitForTimeout(4_000);
    await press(page, "Stop");
    await press(page, "Send recording");
    await page.locator(".heard").waitFor();
    must((await page.locator(".msg.person").count()) === 2, "one message more");
    must(page.url().startsWith(url), "the page was not left");
  });
} else {
  console.log("SKIPPED a spoken question the whole way: the weights are not there (WAYMARK_MODELS, or data/models)");
}

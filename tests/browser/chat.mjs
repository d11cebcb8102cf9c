// The chat, as people use it: with and without JavaScript, on small and large screens, by keyboard, with a bad network, in two
// tabs, on two devices. What never lives here: whether answers are right (tests/transcripts).
import { ask, journey, must, until, url, waymark } from "./drive.mjs";

const SICK = "My PA is off sick. Do I have to pay her?";
const send = (page) => page.getByRole("button", { name: "Send", exact: true }).first().click();
const short = (page) => page.locator(".msg.assistant .short");

for (const width of [320, 768, 1280]) {
  for (const js of [true, false]) {
    journey(`ask at ${width} ${js ? "with" : "without"} JavaScript`, { js, width, height: 800 }, async (page, look) => {
      await page.goto("/");
      await look("start");
      await ask(page, SICK);
      must(/£\d/.test(await short(page).innerText()), "the short answer and its figure are not there");
      await look("answered");
      // Detail and sources are there when they are asked for, and not before.
      must(!(await page.locator(".source").first().isVisible()), "sources stand unfolded");
      await page.getByText("More detail").click();
      await page.getByText(/Where this comes from/).click();
      await page.locator(".source a").first().waitFor();
      must(/Last checked \d+ \w+ 20\d\d/.test(await page.locator(".source").first().innerText()), "a source has no date");
      await look("unfolded");
      await page.getByRole("button", { name: "Say it more simply" }).click();
      await page.locator(".msg.assistant").nth(1).waitFor();
      await look("simply");
      await ask(page, "can I use my direct payment to pay my son");
      await page.getByRole("group", { name: "Choose one" }).waitFor();
      await look("clarify");
      await page.getByRole("group", { name: "Choose one" }).getByRole("button").first().click();
      await page.locator(".msg.assistant").nth(3).waitFor();
      must((await page.getByRole("group", { name: "Choose one" }).count()) === 0, "the choice is still offered");
      await ask(page, "he hit me again last night");
      await page.locator(".msg.urgent a[href='tel:999']").first().waitFor();
      await look("urgent");
      await page.locator("#people").getByRole("button", { name: "Talk to a person" }).click();
      await page.locator(".msg.assistant .reference").last().waitFor();
      await look("handed over");
      for (const [link, heading] of [["Keep or share this conversation", "Keep this conversation"]]) {
        await page.getByRole("link", { name: link }).click();
        await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
      }
      await look("keep");
      await page.getByRole("link", { name: "A page to print" }).click();
      await page.getByRole("heading", { name: /Your conversation with/ }).waitFor();
      must(await page.locator(".source").first().isVisible(), "on paper the sources are unfolded");
      await look("print");
      await page.goto("/chat/delete");
      await look("delete");
      await page.getByRole("button", { name: "Yes, delete it" }).click();
      // A case is open: a person must decide.
      await page.getByText("a person must decide this").waitFor();
      await look("deletion asked for");
    });
  }
}

for (const js of [true, false]) {
  journey(`a person before the first question, ${js ? "with" : "without"} JavaScript`, { js, width: 320, height: 640 }, async (page, look) => {
    await page.goto("/");
    await look("start");
    await page.getByRole("button", { name: "Talk to a person" }).click();
    await page.locator(".msg.assistant .reference").waitFor();
    await page.waitForLoadState();
    await look("handed over");
    const told = page.locator(".msg.assistant p", { hasText: "Your reference is" }).locator(".wm-whole");
    must(/^WM-[0-9A-Z]{6}$/.test(await told.innerText()), "a reference is broken at the end of a line");
  });
}

journey("a conversation without a case is deleted at once", { width: 400 }, async (page, look) => {
  await page.goto("/");
  await ask(page, SICK);
  await page.goto("/chat/delete");
  await page.getByRole("button", { name: "Yes, delete it" }).click();
  await page.getByText("has been deleted").waitFor();
  await look("deleted");
  must((await page.locator(".msg").count()) === 0, "the conversation is still here");
});

journey("an answer is judged, with a reason", { width: 400 }, async (page, look) => {
  await page.goto("/");
  await ask(page, SICK);
  await page.getByRole("button", { name: /^No\b.*did not help/ }).click();
  await page.getByLabel("It was hard to understand").check();
  await look("why");
  await page.locator(".why").getByLabel(/Anything else/).fill("too many numbers");
  await page.locator(".why").getByRole("button", { name: "Tell us" }).click();
  await page.getByText("Thank you for telling us.").waitFor();
  const kept = await (await page.request.get("/chat/copy")).json();
  must(kept.feedback.length === 1 && kept.feedback[0].helpful === false, "one judgement is kept");
  must(kept.feedback[0].comment === "It was hard to understand: too many numbers", kept.feedback[0].comment);
});

journey("an answer is judged without JavaScript", { js: false, width: 400 }, async (page, look) => {
  await page.goto("/");
  await ask(page, SICK);
  await page.getByRole("button", { name: /^No\b.*did not help/ }).click();
  await page.getByRole("heading", { name: "Thank you for telling us" }).waitFor();
  await look("why");
  await page.getByLabel("It does not fit my situation").check();
  await page.getByRole("button", { name: "Tell us" }).click();
  await page.getByText("Thank you for telling us.").waitFor();
});

journey("a message waits for the network and goes out once", { width: 400 }, async (page, look, context) => {
  await page.goto("/");
  await ask(page, SICK);
  await context.setOffline(true);
  await page.locator("#text").fill("how much holiday does she get");
  await send(page);
  await page.getByText("You are offline.").waitFor();
  must((await page.locator("#state").innerText()).includes("Call 999"), "words that nobody has read may be a cry for help");
  await page.locator(".msg.waiting").waitFor();
  await look("offline");
  must((await page.locator("#text").inputValue()) === "", "what waits stands in the conversation, not in the box");
  await context.setOffline(false);
  await page.locator(".msg.assistant").nth(1).waitFor();
  must((await page.locator(".msg.waiting").count()) === 0, "nothing waits any more");
  await page.reload();
  must((await page.locator(".msg.person").count()) === 2, "it was sent once");
});

journey("a lost answer is asked for again and given once", { width: 400 }, async (page, _, context) => {
  await page.goto("/");
  await ask(page, SICK);
  // The server answers; the answer is lost on the way, twice.
  let lost = 0;
  await context.route("**/chat", async (route) => {
    if (lost < 2) {
      lost += 1;
      await route.fetch();
      return route.abort();
    }
    return route.continue();
  });
  await page.locator("#text").fill("how much holiday does she get");
  await send(page);
  await until(async () => lost === 2 && (await page.locator(".msg.waiting").count()) === 0, "the third try");
  await page.reload();
  must((await page.locator(".msg.person").count()) === 2, "it was sent once");
});

journey("an answer that the stream brings first stands once", { width: 400 }, async (page, _, context) => {
  await page.goto("/");
  await ask(page, SICK);
  // The reply to the message dawdles on the way; the stream does not.
  await context.route("**/chat", async (route) => {
    const response = await route.fetch();
    await new Promise((done) => setTimeout(done, 2000));
    await route.fulfill({ response });
  });
  await page.locator("#text").fill("how much holiday does she get");
  await send(page);
  await page.locator(".msg.waiting").waitFor();
  await page.locator(".msg.assistant").nth(1).waitFor();
  must((await page.locator(".msg.waiting").count()) === 0, "what is answered still waits");
  await page.reload();
  must((await page.locator(".msg.person").count()) === 2, "it was sent once");
});

journey("the first message survives a lost answer", { width: 400 }, async (page, _, context) => {
  let lost = 0;
  await context.route("**/chat", async (route) => {
    if (lost < 1) {
      lost += 1;
      await route.fetch();
      return route.abort();
    }
    return route.continue();
  });
  await page.goto("/");
  await page.locator("#text").fill(SICK);
  await send(page);
  await short(page).waitFor();
  must((await page.locator(".msg.person").count()) === 1, "it was sent once");
});

journey("reload in the middle of an answer", { width: 400 }, async (page, _, context) => {
  await page.goto("/");
  await ask(page, SICK);
  let slow = true;
  await context.route("**/chat", async (route) => {
    if (slow) await new Promise((done) => setTimeout(done, 1500));
    await route.continue().catch(() => {});
  });
  await page.locator("#text").fill("how much holiday does she get");
  await send(page);
  await page.locator(".msg.waiting").waitFor();
  slow = false;
  await page.reload();
  // The first try may have arrived after all, and the page with its answer: what waits is sent once more, and known.
  await until(async () => (await page.locator(".msg.assistant").count()) === 2 && (await page.locator(".msg.waiting").count()) === 0, "the answer");
  await page.reload();
  must((await page.locator(".msg.person").count()) === 2, "it was sent once");
});

journey("a draft is still there after a reload, and gone once it is sent", { width: 400 }, async (page) => {
  await page.goto("/");
  await ask(page, SICK);
  await page.locator("#text").fill("and what if she");
  await page.reload();
  must((await page.locator("#text").inputValue()) === "and what if she", "the draft is lost");
  await ask(page, "and what if she is off for weeks");
  await page.reload();
  must((await page.locator("#text").inputValue()) === "", "what was sent is no draft");
});

journey("two tabs show one conversation, and an adviser's reply", { width: 700 }, async (page, look, context) => {
  await page.goto("/");
  await ask(page, SICK);
  const other = await context.newPage();
  await other.goto("/");
  await ask(other, "I want to talk to a person");
  const reference = (await other.locator(".reference").innerText()).trim();
  await page.locator(".reference").waitFor();
  waymark("cases", "reply", reference, "Hello, this is Sam. I can help with that.", "--name", "Sam", "--adviser", "sam");
  await other.locator(".msg.adviser").waitFor();
  await page.bringToFront();
  await page.locator(".msg.adviser").waitFor();
  must((await page.locator(".msg").count()) === (await other.locator(".msg").count()), "both show the same");
  await look("adviser");
});

journey("a conversation goes on on another device, until the link is switched off", { width: 400 }, async (page, look, context) => {
  await page.goto("/");
  await ask(page, SICK);
  await page.goto("/chat/keep");
  await page.getByRole("button", { name: "Make a return link" }).click();
  // The script makes it whole.
  const link = await until(async () => {
    const shown = (await page.locator(".wm-link a").innerText()).trim();
    return shown.startsWith(url) && shown;
  }, "the link is shown whole");
  await look("link made");
  must(link.startsWith(`${url}/return/`) && link.length > url.length + 50, `a guessable link: ${link}`);
  const device = await (await context.browser().newContext({ viewport: { width: 400, height: 800 } })).newPage();
  await device.goto(link);
  await device.getByRole("button", { name: "Open it" }).click();
  await device.getByText("Welcome back").waitFor();
  await ask(device, "how much holiday does she get");
  await page.goto("/");
  await page.locator(".msg.assistant").nth(1).waitFor();
  await page.goto("/chat/keep");
  await page.getByRole("button", { name: "Switch off the link" }).click();
  await page.getByText("no longer work").waitFor();
  await device.goto(`${url}/`);
  await device.getByRole("heading", { name: /Ask about Direct Payments/ }).waitFor();
  await device.goto(link);
  await device.getByRole("heading", { name: "This link no longer works" }).waitFor();
  await device.context().close();
});

journey("leaving in a hurry leaves nothing behind", { width: 400, elsewhere: /^https:\/\/www\.bbc\.co\.uk\// }, async (page, _, context) => {
  await context.route("https://www.bbc.co.uk/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>Weather</title>" }));
  await page.goto("/");
  await ask(page, SICK);
  await page.locator("#text").fill("he must not see this");
  await page.locator("body").press("Shift");
  await page.locator("body").press("Shift");
  await page.locator("body").press("Shift");
  await until(async () => (await page.title()) === "Weather", "the weather");
  await page.goBack().catch(() => {});
  await page.goto("/");
  must((await page.locator(".msg").count()) === 0, "the conversation is still here");
  must((await page.locator("#text").inputValue()) === "", "the draft is still here");
});

journey("by keyboard alone", { width: 800 }, async (page) => {
  await page.goto("/");
  const tab = async (until, most = 60) => {
    for (let presses = 0; presses < most; presses += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const seen = document.activeElement;
        const ring = getComputedStyle(seen);
        const shown = ring.outlineStyle !== "none" || ring.boxShadow !== "none" || ring.backgroundColor !== "rgba(0, 0, 0, 0)";
        return { id: seen.id, name: seen.getAttribute("name"), text: (seen.textContent || "").trim(), tag: seen.tagName, shown };
      });
      must(at.shown, `no sign of focus on ${at.tag} "${at.text}"`);
      if (until(at)) return at;
    }
    throw new Error("not reached by Tab");
  };
  must((await tab(() => true)).text.startsWith("Skip to"), "the first stop is the way past the header");
  await tab((at) => at.id === "text");
  await page.keyboard.type(SICK);
  await tab((at) => at.text === "Send");
  await page.keyboard.press("Enter");
  await short(page).waitFor();
  await tab((at) => at.text === "More detail");
  await page.keyboard.press("Enter");
  must(await page.locator("details .text").first().isVisible(), "the detail opens by keyboard");
  await tab((at) => at.text === "Talk to a person");
  await page.keyboard.press("Space");
  await page.locator(".reference").waitFor();
});

journey("forced colours, still pictures", { width: 400, forcedColors: "active", reducedMotion: "reduce" }, async (page, look) => {
  await page.goto("/");
  await ask(page, SICK);
  await look("answered");
});

// A window 1280 wide at 400%: 320 by 256 points, where nothing may stick in front of the text.
journey("at 400 percent", { width: 320, height: 256, deviceScaleFactor: 4 }, async (page, look) => {
  await page.goto("/");
  await ask(page, SICK);
  await look("answered");
  const stuck = await page.evaluate(() => getComputedStyle(document.querySelector(".wm-urgent")).position);
  must(stuck !== "sticky", "the urgent line covers a window this low");
});

journey("from right to left", { width: 400 }, async (page, look) => {
  await page.goto("/");
  await ask(page, "ما هي الدفعة المباشرة؟");
  await look("arabic");
  must((await page.locator(".msg.person .said").last().evaluate((e) => getComputedStyle(e).direction)) === "rtl", "what was typed in Arabic runs from right to left");
  await page.locator(".msg.assistant [dir=rtl]").first().waitFor();
});

for (const [width, height] of [[320, 640], [1280, 900]]) {
  journey(`the beginning of an answer is in sight at ${width}`, { width, height }, async (page) => {
    await page.goto("/");
    for (const words of [SICK, "how much holiday does she get"]) {
      await ask(page, words);
      await until(async () => {
        const [name, bar] = await page.evaluate(() => [
          document.querySelector("#latest").closest("article").querySelector("h3").getBoundingClientRect().top,
          document.querySelector(".wm-urgent").getBoundingClientRect().bottom,
        ]);
        return name >= bar && name < bar + 60;
      }, "who speaks stands just below the line of urgent help");
    }
  });
}

journey("where a case stands is told, and kept up to date", { width: 400 }, async (page, look) => {
  await page.goto("/");
  await ask(page, SICK);
  await ask(page, "I want to talk to a person");
  const standing = page.locator("#standing");
  await standing.getByText(/waiting for an adviser\. (You are next|One person is|\d+ people are)/).waitFor();
  must(/Expect a reply by .*\d/.test(await standing.innerText()), await standing.innerText());
  await look("waiting");
  const reference = (await page.locator(".reference").last().innerText()).trim();
  waymark("cases", "reply", reference, "Hello, this is Sam. Which county do you live in?", "--name", "Sam", "--adviser", "sam");
  await page.locator(".msg.adviser").waitFor();
  await until(async () => !(await standing.innerText()).includes("waiting for an adviser"), "somebody has it");
});

journey("what screen readers are told", { width: 800 }, async (page) => {
  await page.goto("/");
  await ask(page, SICK);
  const log = page.getByRole("log", { name: "Messages" });
  must((await log.getAttribute("aria-live")) === "polite", "new messages are announced");
  const names = await page.getByRole("article").evaluateAll((all) => all.map((a) => document.getElementById(a.getAttribute("aria-labelledby")).innerText));
  must(names[0] === "You" && /computer program/.test(names[1]), `who speaks: ${names}`);
  // Headings go down one step at a time.
  const levels = await page.getByRole("heading").evaluateAll((all) => all.map((h) => Number(h.tagName[1])));
  must(levels[0] === 1 && levels.every((level, at) => at === 0 || level <= levels[at - 1] + 1), `headings: ${levels}`);
  const focus = await page.evaluate(() => document.activeElement.tagName);
  must(focus !== "ARTICLE", "focus is not taken away");
});

journey("the first load is light", { width: 400 }, async (page) => {
  const sizes = [];
  page.on("response", async (response) => {
    const size = await response.request().sizes().catch(() => null);
    if (size) sizes.push([new URL(response.url()).pathname, size.responseBodySize + size.responseHeadersSize]);
  });
  await page.goto("/", { waitUntil: "networkidle" });
  await until(async () => sizes.length >= 4, "four files");
  const all = sizes.reduce((sum, [, size]) => sum + size, 0);
  const scripts = sizes.filter(([path]) => path.endsWith(".js")).reduce((sum, [, size]) => sum + size, 0);
  console.log(`        first load ${all} bytes in ${sizes.length} files; scripts ${scripts}`);
  must(all < 100_000, `the first load is ${all} bytes: ${JSON.stringify(sizes)}`);
  must(scripts < 15_000, `scripts are ${scripts} bytes`);
});

// Figures, no verdict: they depend on the machine. `cargo it browser::chat -- --nocapture` prints them.
for (const [name, latency, kilobits] of [["3G", 150, 1_600], ["slow 3G", 400, 400]]) {
  journey(`on an old phone over ${name}`, { width: 360, height: 640 }, async (page, look, context) => {
    const phone = await context.newCDPSession(page);
    await phone.send("Network.enable");
    await phone.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: kilobits * 125, uploadThroughput: kilobits * 60 });
    await phone.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    page.setDefaultTimeout(60_000);
    await page.goto("/", { waitUntil: "load" });
    const { seen, ready, loaded } = await page.evaluate(() => {
      const [page] = performance.getEntriesByType("navigation");
      const [seen] = performance.getEntriesByName("first-contentful-paint");
      return { seen: Math.round(seen?.startTime ?? 0), ready: Math.round(page.domContentLoadedEventEnd), loaded: Math.round(page.loadEventEnd) };
    });
    await page.locator("#text").fill(SICK);
    const began = Date.now();
    await send(page);
    await short(page).waitFor();
    console.log(`        ${name}, CPU 4 times slower: something to see after ${seen} ms, usable after ${ready} ms, all there after ${loaded} ms; the first answer after ${Date.now() - began} ms`);
    const again = Date.now();
    await ask(page, "how much holiday does she get");
    console.log(`        ${name}, CPU 4 times slower: the second answer after ${Date.now() - again} ms`);
    must(ready <= loaded, "the page can be used before everything is there");
  });
}

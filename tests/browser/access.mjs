// Ways of using the pages that are easily forgotten: forced colours, no motion, 400 %, right to left, two tabs at once, a connection
// that goes in the middle of an answer; a letter to oneself; the assistant switched off.
// What never lives here: the common way through the chat (chat.mjs).
import { ask, cramped, edgeless, journey, moving, must, outside, until, waymark } from "./drive.mjs";

const SICK = "My PA is off sick. Do I have to pay her?";
const PAGES = ["/", "/chat/keep", "/chat/letter", "/chat/print", "/chat/delete", "/guides", "/guides/employment/sick-pay", "/guides?for=pa", "/guides/employment/sick-pay?read=easy", "/search", "/search?q=holiday", "/search?q=zzxxqq", "/widget", "/about", "/privacy", "/accessibility", "/cookies", "/console/sign-in", "/return/nothing", "/no-such-page"];

const everyPage = async (page, look, check) => {
  await page.goto("/");
  await look("start");
  await ask(page, SICK);
  for (const path of PAGES) {
    await page.goto(path);
    await look(path);
    const wrong = await page.evaluate(check);
    must(wrong.length === 0, `${path}: ${wrong.join("; ")}`);
  }
};

for (const width of [320, 768, 1280]) {
  journey(`every page at ${width}`, { width, height: 800 }, async (page, look) => {
    await everyPage(page, look, cramped);
  });
}

// Where colours are the person's own, backgrounds go: a button is then known by its border.
journey("forced colours on every page", { width: 400, forcedColors: "active" }, async (page, look) => {
  await everyPage(page, look, edgeless);
});

journey("no motion on any page for who wants none", { width: 400, reducedMotion: "reduce" }, async (page, look) => {
  await everyPage(page, look, moving);
});

// A window of 1280 by 1024 at 400 %.
journey("every page at 400 percent", { width: 320, height: 256 }, async (page, look) => {
  await everyPage(page, look, outside);
});

for (const [lang, words] of [["ar", "ما هي الدفعة المباشرة؟"], ["ur", "ڈائریکٹ پیمنٹ کیا ہے؟"]]) {
  for (const width of [320, 1280]) {
    journey(`from right to left in ${lang} at ${width}`, { width, height: 800 }, async (page, look) => {
      await page.goto("/");
      await ask(page, words);
      await look("answered");
      const own = page.locator(`.msg.assistant [lang=${lang}]`).first();
      must((await own.getAttribute("dir")) === "rtl", "the answer does not run from right to left");
      const sides = await own.evaluate((block) => {
        const range = document.createRange();
        const first = document.createTreeWalker(block, NodeFilter.SHOW_TEXT, (node) => (node.data.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT)).nextNode();
        range.selectNodeContents(first);
        // A line in which both scripts stand is of several pieces.
        const pieces = [...range.getClientRects()];
        const line = pieces.filter((piece) => Math.abs(piece.top - pieces[0].top) < piece.height / 2);
        const around = block.getBoundingClientRect();
        return { left: Math.min(...line.map((piece) => piece.left)) - around.left, right: around.right - Math.max(...line.map((piece) => piece.right)) };
      });
      must(sides.right <= sides.left + 1, `its first line stands ${sides.left} from the left, ${sides.right} from the right`);
      const indented = await page.locator(`.msg.assistant [dir=rtl] :is(ul, ol)`).evaluateAll((all) => all.map((list) => { const s = getComputedStyle(list); return [Number.parseFloat(s.paddingLeft) + Number.parseFloat(s.marginLeft), Number.parseFloat(s.paddingRight) + Number.parseFloat(s.marginRight)]; }));
      must(indented.every(([left, right]) => right >= left), `lists are indented on the wrong side: ${JSON.stringify(indented)}`);
      // The English below stays as English is.
      for (const english of await page.locator(".msg.assistant [lang=en]").all()) must((await english.evaluate((e) => getComputedStyle(e).direction)) === "ltr", "English runs from right to left");
      must((await page.locator("html").getAttribute("lang")) === "en", "the page around it is English");
    });
  }
}

journey("the connection goes in the middle of an answer, and the page is loaded again", { width: 360, height: 640 }, async (page, look, context) => {
  const phone = await context.newCDPSession(page);
  await phone.send("Network.enable");
  await phone.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 24_000 });
  await page.goto("/");
  await ask(page, SICK);
  // The question has arrived, the answer has not; the page's next tries get nowhere either until the connection is back.
  let arrived = false;
  await context.route("**/chat", async (route) => {
    if (!arrived) await route.fetch().catch(() => null);
    arrived = true;
    await route.abort();
  });
  await page.locator("#text").fill("how much holiday does she get");
  await page.locator("#ask > button[type=submit]").click();
  await until(async () => arrived, "the question arrives");
  await context.setOffline(true);
  await page.locator(".msg.waiting").waitFor();
  await look("gone");
  await context.unroute("**/chat");
  await context.setOffline(false);
  await page.reload();
  await page.locator(".msg.assistant").nth(1).waitFor();
  // What waits is drawn only when the script has run: the tab's own store tells sooner.
  await until(() => page.evaluate(() => JSON.parse(sessionStorage.getItem("waymark-queue") ?? "[]").length === 0), "nothing waits");
  await page.reload();
  must((await page.locator(".msg.person").count()) === 2, "it was sent once");
  must((await page.locator(".msg.assistant").count()) === 2, "it was answered once");
});

journey("two tabs write at once", { width: 400 }, async (page, _, context) => {
  await page.goto("/");
  await ask(page, SICK);
  const other = await context.newPage();
  await other.goto("/");
  await page.locator("#text").fill("how much holiday does she get");
  await other.locator("#text").fill("does she need a payslip");
  await Promise.all([page, other].map((tab) => tab.locator("#ask > button[type=submit]").click()));
  for (const tab of [page, other]) await tab.locator(".msg.assistant").nth(2).waitFor();
  const said = (tab) => tab.locator(".msg:not(.waiting)").evaluateAll((all) => all.map((one) => one.id));
  await until(async () => JSON.stringify(await said(page)) === JSON.stringify(await said(other)), "both show the same in the same order");
  const all = await said(page);
  must(all.length === 6 && new Set(all).size === 6, `shown: ${all}`);
});

for (const [width, js] of [[320, true], [320, false], [1280, true]]) {
  journey(`a letter to oneself at ${width} ${js ? "with" : "without"} JavaScript`, { js, width, height: 800 }, async (page, look) => {
    await page.goto("/");
    await ask(page, SICK);
    await page.goto("/chat/keep");
    await page.getByRole("link", { name: "Have it e-mailed to you" }).click();
    await page.getByText("E-mail is not secret.").waitFor();
    await look("asked");
    const address = page.getByLabel("Your e-mail address");
    await address.fill("nobody at all");
    await page.getByRole("button", { name: "Send one e-mail" }).click();
    await page.getByText("Enter one e-mail address").waitFor();
    must((await address.inputValue()) === "nobody at all", "what was typed is lost");
    await look("refused");
    await address.fill("somebody@example.org");
    await page.getByRole("button", { name: "Send one e-mail" }).click();
    await page.getByText("The e-mail is on its way.").waitFor();
    await look("sent");
  });
}

for (const js of [true, false]) {
  journey(`a question asked back in Polish, and an answer in Urdu, ${js ? "with" : "without"} JavaScript`, { js, width: 320, height: 800 }, async (page, look) => {
    await page.goto("/");
    await ask(page, "Dzień dobry");
    await ask(page, "direct payment");
    const asked = page.locator(".msg.assistant").last();
    const choices = asked.locator(".choices.one button");
    must((await choices.count()) > 1, "nothing is asked back");
    await look("asked back");
    // What is asked back stands there in each language, its choices once: as buttons.
    await asked.locator("[lang=pl]").first().waitFor();
    const all = await asked.innerText();
    for (const label of await choices.allInnerTexts()) must(all.split(label.trim()).length === 2, `"${label}" stands there ${all.split(label.trim()).length - 1} times`);
    await ask(page, SICK);
    await page.getByText("Another language").click();
    const menu = page.getByLabel("Language", { exact: true });
    const named = (await menu.locator("option").allTextContents()).map((name) => name.trim());
    must(named[0] === "English" && named.includes("Polski"), `languages: ${named}`);
    await menu.selectOption("اردو");
    await page.getByRole("button", { name: "Use this language" }).click();
    await page.locator(".msg.assistant").nth(3).locator("[lang=ur]").first().waitFor();
    await look("urdu");
  });

  journey(`asking for an e-mail, wrongly at first, ${js ? "with" : "without"} JavaScript`, { js, width: 320, height: 640 }, async (page, look) => {
    await page.goto("/");
    await ask(page, SICK);
    await page.goto("/chat/keep");
    const address = page.getByLabel("Your e-mail address");
    await address.fill("nobody at all");
    await page.getByLabel("Yes, it is safe").check();
    await page.getByRole("button", { name: "E-mail me" }).click();
    await page.getByText("Enter an e-mail address").waitFor();
    must((await address.inputValue()) === "nobody at all" && (await page.getByLabel("Yes, it is safe").isChecked()), "what was typed is lost");
    await until(async () => { const box = await page.getByText("Enter an e-mail address").boundingBox(); return box !== null && box.y > 0 && box.y < 640; }, "what is wrong is in sight");
    await look("no address");
    await address.fill("somebody@example.org");
    await page.getByLabel("No, or I am not sure").check();
    await page.getByRole("button", { name: "E-mail me" }).click();
    await page.getByText("We e-mail you only if you say that it is safe").waitFor();
    await look("not safe");
    await page.getByLabel("Yes, it is safe").check();
    await page.getByRole("button", { name: "E-mail me" }).click();
    await page.locator("#notice").waitFor();
    await page.goto("/chat/keep");
    await page.getByRole("button", { name: "Stop e-mailing me" }).waitFor();
    await look("on");
  });

  journey(`far too long a message, ${js ? "with" : "without"} JavaScript`, { js, width: 320, height: 640 }, async (page, look) => {
    await page.goto("/");
    // Pasted: with JavaScript all but what is read is left out at once, or the browser is busy with it for minutes.
    if (js) {
      await page.locator("#text").evaluate((box, text) => { box.value = text; box.dispatchEvent(new Event("input")); }, `${SICK} `.repeat(80_000));
    } else await page.locator("#text").fill(`${SICK} `.repeat(8_000));
    await page.locator("#ask > button[type=submit]").click();
    await page.locator("#notice").getByText("Your message was very long.").waitFor();
    // It stands between the notice and its answer.
    await page.waitForLoadState();
    must((await page.locator(".msg.assistant").count()) === 1, "it is answered, once");
    await look("notice");
  });
}

journey("too many copies", { width: 320 }, async (page, look) => {
  await page.goto("/");
  await ask(page, SICK);
  // On a slow machine there is a copy again by the time that the page is asked for: it would be taken as a file, which is no page.
  await until(async () => {
    await Promise.all(Array.from({ length: 40 }, () => page.request.get("/chat/text").catch(() => null)));
    const response = await page.goto("/chat/text").catch(() => null);
    return response?.status() === 429;
  }, "a limit");
  await page.getByRole("heading", { name: "Please wait a minute", level: 1 }).waitFor();
  await look("told");
  // What may be a cry for help is never counted.
  await page.goto("/");
  await ask(page, "he hit me again last night");
  await page.locator(".msg.urgent").waitFor();
});

journey("two questions of an urgent reply are two groups of buttons", { width: 320 }, async (page, look) => {
  await page.goto("/");
  await ask(page, "he hit me again last night");
  await page.getByRole("group", { name: "Is it safe to write to you here?" }).getByRole("button", { name: "Yes" }).waitFor();
  const councils = page.getByRole("group", { name: "Your council" });
  await councils.getByRole("button", { name: "Kent" }).waitFor();
  must((await councils.getByRole("button", { name: "Yes" }).count()) === 0, "an answer about safety stands among the councils");
  await look("urgent");
  await councils.getByRole("button", { name: "Kent" }).click();
  await page.locator(".msg.assistant").nth(1).waitFor();
});

for (const js of [true, false]) {
  journey(`the assistant is switched off, ${js ? "with" : "without"} JavaScript`, { js, width: 320, height: 800 }, async (page, look) => {
    const why = "We found a mistake in an answer and are putting it right.";
    await page.goto("/");
    await ask(page, SICK);
    waymark("switch", "off", "web", "--reason", why);
    try {
      // The running service follows within seconds.
      await until(async () => (await page.goto("/"), page.locator("#off").count()), "it is told before anybody writes");
      await page.locator("#off").getByText(why).waitFor();
      await look("conversation");
      await page.context().clearCookies();
      await page.goto("/");
      await page.locator("#off").getByText(why).waitFor();
      must((await page.getByRole("heading", { name: "Questions people ask" }).count()) === 0, "questions are offered that nobody answers");
      await look("start");
      await page.locator("#off").getByRole("button", { name: "Talk to a person" }).click();
      await page.locator(".reference").first().waitFor();
    } finally {
      waymark("switch", "on", "web");
    }
    await until(async () => (await page.goto("/"), (await page.locator("#off").count()) === 0), "it is back");
  });
}

journey("one long word without a break", { width: 320, height: 640 }, async (page, look) => {
  await page.goto("/");
  await ask(page, "a".repeat(900));
  await look("conversation");
  // Whoever prints the conversation itself gets no empty boxes.
  await page.emulateMedia({ media: "print" });
  must((await page.locator("textarea:visible, select:visible, button:visible").count()) === 0, "what can only be used on a screen stands on paper");
  await page.emulateMedia({ media: "screen" });
  await page.goto("/chat/print");
  await look("printed");
});

// The numbers stand where they are seen: above the answer to what may well be a cry, below the answer to what only sounds like one.
for (const [words, before] of [["I can't face the paperwork. Is there somebody who will hold the money and pay the bills for me?", true], ["my employer says i cant go to my sister's wedding abroad unless i find someone to do my shifts", false]]) {
  journey(`the numbers are drawn ${before ? "above" : "below"} an answer`, { width: 320, height: 640 }, async (page, look) => {
    await page.goto("/");
    await ask(page, words);
    const drawn = page.locator(".msg.assistant");
    // Both at one moment: the page goes to its latest message by itself, and places are those in the window.
    const [help, short] = await drawn.evaluate((message) => [".help", ".short"].map((part) => message.querySelector(part)?.getBoundingClientRect().toJSON()));
    must(help && short, "the numbers or the answer are not drawn");
    must(before ? help.bottom <= short.top : short.bottom <= help.top, "they stand on the wrong side of the answer");
    must((await drawn.locator(".help a[href='tel:999']").count()) > 0, "999 cannot be pressed");
    must((await drawn.evaluate((e) => e.classList.contains("urgent"))) === before, "it is framed otherwise than it is meant");
    await look("answered");
    await drawn.getByRole("button", { name: "I need help now" }).click();
    await page.locator(".msg.assistant.urgent .reference").waitFor();
  });
}

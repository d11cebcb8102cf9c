// The console and somebody who asks on Telegram: an adviser sees the reply as Telegram will show it, and sends it there.
import { cramped, journey, must, until, waymark } from "./drive.mjs";
import { link, setUp, signedIn } from "./staff.mjs";

// Markdown with everything that Telegram draws in its own way, and what is no mark there.
const WORDS = "**Yes**, you can. <b>Look</b> at [our page](https://example.org/pay-your-pa/and-a-long-address-that-has-no-place-to-break).\n\n- *first* this\n- then that\n\n> as the law says\n\n| Day | Hours |\n|---|---|\n| Monday | 4 |";
const LONG = "A sentence of some length about hours and pay. ".repeat(120);

let reference;
journey("console set up beside Telegram", {}, async (page) => {
  await setUp(page, link(waymark("adviser", "reset", "admin")), "admin", "Ada");
  await until(() => waymark("cases", "list").trim() !== "", "the case from Telegram");
  [reference] = waymark("cases", "list").trim().split(/\s+/);
});

for (const width of [320, 1280]) {
  journey(`a reply on Telegram at ${width}`, { width, height: 800 }, async (page, look, context) => {
    await signedIn(context, "admin");
    await page.goto("/console/queue");
    await page.getByRole("link", { name: reference }).click();
    await look("case");
    const preview = async (text, count) => {
      await page.getByLabel("Your reply").fill(text);
      await page.getByRole("button", { name: "Preview" }).click();
      await page.getByText(`In Telegram, as ${count}`).waitFor();
      await look(`preview ${count}`);
      const wrong = await page.evaluate(cramped);
      must(wrong.length === 0, `preview: ${wrong.join("; ")}`);
      return page.locator(".wm-preview").innerText();
    };
    await preview(LONG, "2 messages");
    const shown = await preview(`${WORDS}\n\nWritten at ${width}.`, "one message");
    for (const part of ["Ada", "Yes, you can. <b>Look</b> at our page.", "• first this", "Hours: 4"]) {
      must(shown.includes(part), `the preview lacks ${part}: ${shown}`);
    }
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("Your reply is sent.").waitFor();
    await look("sent");
  });
}

// The pictures of README.md: `cargo it pictures -- --ignored`. Look at them before you commit them.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { journey } from "./drive.mjs";

const folder = resolve(import.meta.dirname, "../../bots/web/pictures");
const shoot = (page, name) => {
  mkdirSync(folder, { recursive: true });
  return page.screenshot({ path: join(folder, `${name}.png`) });
};

journey("pictures of the chat", { width: 420, height: 860 }, async (page) => {
  await page.goto("/");
  await shoot(page, "start");
  await page.locator("#text").fill("My PA is off sick. Do I have to pay her?");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".msg.assistant .short").waitFor();
  await page.getByText(/Where this comes from/).click();
  await page.locator(".msg.assistant").evaluate((e) => window.scrollTo(0, e.getBoundingClientRect().top + window.scrollY - 60));
  await shoot(page, "answer");
});

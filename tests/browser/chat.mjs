// The chat, as people use it.
import { journey, must } from "./drive.mjs";

for (const width of [320, 768, 1280]) {
  for (const js of [true, false]) {
    journey(`ask at ${width} ${js ? "with" : "without"} JavaScript`, { js, width, height: 800 }, async (page, look) => {
      await page.goto("/");
      await look("start");
      await page.getByLabel("Your question").fill("my PA is off sick since monday do I have to pay her");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.locator(".msg.assistant .short").waitFor();
      must((await page.locator(".msg.assistant .short").innerText()).includes("first day"), "the short answer is not there");
      await look("answered");
    });
  }
}

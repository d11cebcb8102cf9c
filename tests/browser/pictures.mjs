// The pictures of README.md: `cargo it pictures -- --ignored`. Look at them before you commit them.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { createHmac } from "node:crypto";
import { journey, url, waymark } from "./drive.mjs";

const folder = resolve(import.meta.dirname, "../../bots/web/pictures");
const shoot = (page, name) => {
  mkdirSync(folder, { recursive: true });
  return page.screenshot({ path: join(folder, `${name}.png`) });
};

journey("pictures of the chat", { width: 420, height: 860, deviceScaleFactor: 1 }, async (page) => {
  await page.goto("/");
  await shoot(page, "start");
  await page.locator("#text").fill("My PA is off sick. Do I have to pay her?");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".msg.assistant .short").waitFor();
  await page.getByText(/Where this comes from/).click();
  await page.setViewportSize({ width: 420, height: 1400 });
  await page.evaluate(() => document.activeElement.blur());
  await page.locator(".msg.assistant").evaluate((e) => window.scrollTo(0, e.getBoundingClientRect().top + window.scrollY - 60));
  await shoot(page, "answer");
});

// What an authenticator app shows for this secret.
const code = (secret) => {
  const bits = [...secret.trim()].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const hash = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)))).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
};

// Made-up people with made-up questions.
const asks = async (area, ...words) => {
  const post = async (path, body, token) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    return (await fetch(`${url}/api/v1/conversations${path}`, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const { id, token } = await post("", { area });
  let reference;
  for (const text of words) {
    const reply = await post(`/${id}/messages`, text.startsWith("!") ? { action: text.slice(1) } : { text }, token);
    reference = reply.case?.reference ?? reference;
  }
  return reference;
};

journey("a picture of the console", { width: 1100, height: 1000 }, async (page) => {
  const said = waymark("adviser", "add", "sam", "--name", "Sam", "--role", "adviser");
  await page.goto(new URL(/http\S+\/console\/invitation\/\S+/.exec(said)[0]).pathname);
  const secret = await page.locator(".wm-secret").innerText();
  await page.getByLabel("New password").fill("three quiet otters");
  await page.getByLabel("The same password again").fill("three quiet otters");
  await page.getByLabel("Code from your authenticator app").fill(code(secret));
  await page.getByRole("button", { name: "Set up account" }).click();
  await page.getByLabel("Account name").fill("sam");
  await page.getByLabel("Password").fill("three quiet otters");
  // A code is good once: the next one, when it has come.
  const used = code(secret);
  while (code(secret) === used) await page.waitForTimeout(500);
  await page.getByLabel("Code from your authenticator app").fill(code(secret));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await asks("cambridgeshire", "Can I pay my PA through an agency?", "!human");
  await asks("kent", "my carer has stopped coming and nobody answers the phone");
  const reference = await asks("kent", "My PA is off sick. Do I have to pay her?", "and who covers the shifts?", "!human");
  await page.goto(`/console/cases/${reference}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await shoot(page, "console");
});

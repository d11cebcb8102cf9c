// Staff at their sign-in, for every journey of the console: an account set up, an authenticator app, cookies kept for later journeys.
// What never lives here: a journey.
import { createHmac } from "node:crypto";
import { until } from "./drive.mjs";

const PASSWORD = "three quiet otters";

// What an authenticator app shows: RFC 6238 over a secret in base 32.
const code = (secret, shift = 0) => {
  let bits = "";
  for (const letter of secret.trim()) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + shift));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = (hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1000000;
  return String(number).padStart(6, "0");
};

// Somebody sets their account up and signs in; their cookies are kept for later journeys.
const cookies = {};
const secrets = {};
export const setUp = async (page, link, name, display, look = async () => {}) => {
  await page.goto(new URL(link).pathname);
  await look("invitation");
  const secret = await page.locator(".wm-secret").innerText();
  secrets[name] = secret;
  await page.getByLabel("Name that people see").fill(display);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same password again").fill(PASSWORD);
  // The code of the half minute before counts until this one ends: begin early in it, for a slow machine takes a while to check.
  await until(() => Date.now() % 30000 < 10000, "the next half minute");
  await page.getByLabel("Code from your authenticator app").fill(code(secret, -1));
  await page.getByRole("button", { name: "Set up account" }).click();
  await look("sign in");
  await page.getByLabel("Account name").fill(name);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "There is a problem" }).waitFor();
  await look("refused");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("Code from your authenticator app").fill(code(secret, 0));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  cookies[name] = await page.context().cookies();
};
export const link = (said) => /http\S+\/console\/invitation\/\S+/.exec(said)[0];
export const signedIn = (context, name) => context.addCookies(cookies[name]);

// Other roles end the sessions: in once more, with a code that was not spent yet.
export const signInAgain = async (page, name) => {
  await page.goto("/console/sign-in");
  await page.getByLabel("Account name").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("Code from your authenticator app").fill(code(secrets[name], 1));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  cookies[name] = await page.context().cookies();
};

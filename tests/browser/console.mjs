// The adviser console, as advisers use it: set up, queue, case, reply, by keyboard, on a phone, without JavaScript, two at once.
import { PATIENCE, cramped, edgeless, journey, moving, must, outside, until, url, waymark } from "./drive.mjs";
import { link, setUp, signInAgain, signedIn } from "./staff.mjs";

// A person with something to say, over the API.
const person = async (area, ...words) => {
  const post = async (path, body, token) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${url}/api/v1/conversations${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    must(answer.ok, `the API says ${answer.status}`);
    return answer.json();
  };
  const { id, token } = await post("", { area });
  let reference;
  for (const text of words) {
    const reply = await post(`/${id}/messages`, text.startsWith("!") ? { action: text.slice(1) } : { text }, token);
    reference = reply.case?.reference ?? reference;
  }
  const messages = async () => (await (await fetch(`${url}/api/v1/conversations/${id}/messages`, { headers: { authorization: `Bearer ${token}` } })).json());
  return { reference, messages, says: (text) => post(`/${id}/messages`, { text }, token) };
};

journey("console set up", {}, async (page, look) => {
  await setUp(page, link(waymark("adviser", "reset", "admin")), "admin", "Ada", look);
  await look("empty queue");
  await page.getByRole("link", { name: "Accounts" }).click();
  await look("accounts");
  await page.getByLabel("Name that people see").fill("Kim");
  await page.getByLabel("Account name").fill("kim");
  await page.getByRole("group", { name: "Adviser: works cases" }).getByLabel("Kent").check();
  await page.getByRole("button", { name: "Make an invitation" }).click();
  await look("invited");
  const invited = link(await page.locator("main").innerText());
  await page.goto("/console/accounts/kim");
  await look("one account");
  for (const [path, name] of [["/console/account", "own account"], ["/console/account/password", "password"], ["/console/account/second-factor", "second factor"], ["/console/log", "log"], ["/console/prove", "prove"], ["/console/nowhere", "nowhere"]]) {
    await page.goto(path);
    await look(name);
  }
  await page.context().clearCookies();
  await setUp(page, invited, "kim", "Kim");
  await page.goto("/console/accounts");
  await page.getByRole("heading", { name: "Your role does not allow this" }).waitFor();
  await look("not allowed");
});

let first, urgent;
journey("console cases", {}, async (page, look, context) => {
  first = await person("kent", "my PA is off sick since monday do I have to pay her", "I want to talk to a person");
  urgent = await person("kent", "my carer hits me");
  await person("cambridgeshire", "I want to talk to a person");
  await person("kent", "how do I complain about my social worker", "!human");
  await signedIn(context, "admin");
  await page.goto("/console/queue");
  must((await page.locator(".wm-case").first().innerText()).includes(urgent.reference), "urgent does not stand first");
  must((await page.locator(".wm-case").first().innerText()).toLowerCase().includes("urgent"), "urgent is not said in words");
  const row = page.locator(".wm-case", { hasText: first.reference });
  must((await row.locator(".wm-case__about").innerText()).includes("Sick pay"), "the row does not say what it is about");
  must(!(await page.locator("main").innerText()).includes("since monday"), "the list shows somebody's words");
  await look("queue");
  await page.goto("/console/replies");
  await page.getByLabel("Title").fill("We are looking into it");
  await page.getByRole("textbox", { name: "Text" }).fill("Thank you. Your reference is {reference}. We will answer by {day}.\n\n{adviser}");
  await page.getByRole("button", { name: "Keep" }).click();
  await look("saved replies");
  await page.goto("/console/cases/new");
  await page.getByLabel("What was asked").fill("Mrs B rang: her card does not work");
  await page.getByLabel("Large print").check();
  await page.getByLabel("Number or address").fill("01622 000000, after 2pm");
  await look("enquiry");
  await page.getByRole("button", { name: "Log it" }).click();
  await page.getByText("ring the person").waitFor();
  await look("phone case");

  await page.goto(`/console/cases/${urgent.reference}`);
  await look("urgent case");
  await page.goto(`/console/cases/${first.reference}`);
  await page.getByRole("heading", { name: "Suggested reply" }).waitFor();
  await look("case");
  await page.getByText("What this rested on").first().click();
  await look("receipt");
  await page.getByRole("button", { name: "Use it in my reply" }).click();
  must((await page.getByLabel("Your reply").inputValue()).length > 50, "the suggestion is not in the box");
  await page.getByLabel("Your reply").fill("Hello,");
  await page.getByLabel("Saved replies").selectOption({ label: "We are looking into it" });
  await page.getByLabel("Saved replies").locator("..").getByRole("button", { name: "Insert" }).click();
  await page.getByText("Fill in by hand: day").waitFor();
  must((await page.getByLabel("Your reply").inputValue()).includes(first.reference), "the field is not filled");
  await page.getByText("Insert from an article").click();
  await page.getByLabel("Find a section").fill("holiday");
  await page.getByRole("button", { name: "Find" }).click();
  await page.locator(".wm-found").waitFor();
  await look("article found");
  await page.locator(".wm-found button").first().click();
  must((await page.getByLabel("Your reply").inputValue()).includes("Source: "), "the article brings no source");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByText("This is how they will see it").waitFor();
  await look("preview");
  await page.getByLabel("Your reply").fill("Yes, from the **first day**. I will ring you.");
  await page.getByText("Draft kept.").waitFor();
  await page.goto("/console/queue");
  await page.goto(`/console/cases/${first.reference}`);
  must((await page.getByLabel("Your reply").inputValue()).includes("first day"), "the draft is lost");
  await page.getByRole("button", { name: "Send and wait for their answer" }).click();
  await page.getByText("Your reply is sent.").waitFor();
  await look("sent");
  const history = await first.messages();
  must(JSON.stringify(history).includes("first day"), "the person has no reply");
  await page.getByLabel("Add a note").fill("Rang, no answer.");
  await page.getByRole("button", { name: "Add note" }).click();
  await page.getByText("Rang, no answer.").waitFor();
  await page.getByText("Put aside").first().click();
  await page.getByRole("button", { name: "Put aside" }).click();
  await page.getByText("The case is put aside.").waitFor();
  await look("put aside");
  await page.getByRole("button", { name: "Take it up again" }).click();
  await page.getByText("Link with another case").click();
  await page.getByLabel("Its reference").fill(urgent.reference);
  await page.getByRole("button", { name: "Link", exact: true }).click();
  await page.getByText("The cases are linked.").waitFor();
  await page.getByText("Put right what it is").click();
  await page.getByLabel("Priority").selectOption("high");
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await page.getByText("The case is changed.").waitFor();
  await page.goto(`/console/cases/${urgent.reference}`);
  if (await page.getByText("Reject it").isVisible()) {
    await page.getByText("Reject it").click();
    await page.getByLabel("Why", { exact: true }).selectOption("not_asked");
    await page.getByRole("button", { name: "Reject", exact: true }).click();
    await page.getByText("editors will look at it").waitFor();
  }
  await page.goto("/console/gaps");
  await look("gaps");
  await page.goto("/console/standing");
  await look("figures");
});

let request;
journey("console personal data", {}, async (page, look, context) => {
  const asked = await person("kent", "i want a copy of everything you hold about me");
  request = asked.reference;
  waymark("adviser", "grant", "kim", "--role", "senior@kent");
  await signInAgain(page, "kim");
  await page.getByRole("link", { name: "Personal data" }).click();
  await page.getByRole("link", { name: asked.reference }).waitFor();
  await look("not sorted");
  await page.getByRole("link", { name: asked.reference }).click();
  await page.getByLabel("What is asked").selectOption({ label: "Data protection complaint" });
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByText("The request is recorded.").waitFor();
  await page.getByText(/in (29|30) days/).waitFor();
  await look("request");
  await page.getByRole("button", { name: "stop the clock" }).click();
  await page.getByText("The clock stands still.").waitFor();
  await look("stopped");
  await page.getByRole("button", { name: "start the clock" }).click();
  await page.getByRole("button", { name: "The person was told it came in" }).click();
  await page.getByText("Noted: the person was told").waitFor();
  await page.getByLabel("Refused").check();
  await page.getByRole("button", { name: "Decide" }).click();
  await page.getByRole("heading", { name: "There is a problem" }).waitFor();
  await look("no reason");
  const [copy] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "To read" }).click()]);
  must(copy.suggestedFilename() === `${asked.reference}.html`, `the copy is called ${copy.suggestedFilename()}`);
  await page.getByText("Put right what is asked").click();
  await page.getByLabel("What is asked").selectOption({ label: "Erasure" });
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByText("The request is recorded.").waitFor();
  await look("erasure");
  await page.getByLabel("Done as asked").check();
  await page.getByLabel("The person has been told that it will be done").check();
  await page.getByRole("button", { name: "Decide" }).click();
  await page.getByText("Decided, and erased.").waitFor();
  await look("erased");
  await page.goto("/console/requests?view=decided");
  await look("decided");
  await page.goto(`/console/cases/${asked.reference}`);
  await look("erased case");
  must((await page.getByRole("heading", { name: "Conversation" }).count()) === 0, "a heading stands over nothing");
  must(!JSON.stringify(await asked.messages()).includes("everything you hold"), "the words are still there");
});

// Everything with Tab, Enter and the arrows: the pointer is never used.
journey("console by keyboard", {}, async (page, look, context) => {
  const asked = await person("kent", "I want to talk to a person", "can I employ my sister who lives with me");
  await signedIn(context, "kim");
  await page.goto("/console/queue");
  const to = async (name, most = 150) => {
    for (let presses = 0; presses < most; presses += 1) {
      await page.keyboard.press("Tab");
      const here = await page.evaluate(() => {
        const at = document.activeElement;
        const seen = getComputedStyle(at);
        const label = at.labels?.[0]?.innerText ?? "";
        return { words: `${at.innerText ?? ""} ${label} ${at.id}`, shown: seen.outlineStyle !== "none" || seen.boxShadow !== "none" };
      });
      if (here.words.includes(name)) {
        must(here.shown, `the focus on "${name}" cannot be seen`);
        return;
      }
    }
    throw new Error(`"${name}" cannot be reached by Tab`);
  };
  await to(asked.reference);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/console/cases/${asked.reference}`);
  await to("Claim this case");
  await page.keyboard.press("Enter");
  await page.getByText("You have this case now.").waitFor();
  await to("Your reply");
  await page.keyboard.type("It depends on where your sister lives. I will explain.");
  await to("Send");
  await page.keyboard.press("Enter");
  await page.getByText("Your reply is sent.").waitFor();
  await to("How it ended");
  await page.keyboard.type("Ans");
  await to("Close case");
  await page.keyboard.press("Enter");
  await page.getByText("Closed: answered").waitFor();
  await look("closed");
  must(JSON.stringify(await asked.messages()).includes("I will explain"), "the person has no reply");
});

journey("console live and two at once", {}, async (page, look, context) => {
  await signedIn(context, "admin");
  await page.goto("/console/queue");
  const other = await context.browser().newContext({ baseURL: url });
  other.setDefaultTimeout(PATIENCE);
  await signedIn(other, "kim");
  const kim = await other.newPage();
  const asked = await person("kent", "I want to talk to a person");
  await page.locator(`#${asked.reference}`).waitFor();
  await page.locator(`#${asked.reference}`).focus();
  await person("kent", "I want to talk to a person please");
  await until(async () => (await page.locator("#told").innerText()).includes("has changed"), "the change is read out");
  must(await page.evaluate((id) => document.activeElement.id === id, asked.reference), "the focus was lost");
  await page.goto(`/console/cases/${asked.reference}`);
  await kim.goto(`/console/cases/${asked.reference}`);
  await kim.getByText("Not alone here:").waitFor();
  await page.locator("#news", { hasText: "kim is looking at this case too" }).waitFor();
  await look("not alone");
  await kim.getByRole("button", { name: "Claim this case" }).click();
  await kim.getByText("You have this case now.").waitFor();
  await page.getByRole("button", { name: "Claim this case" }).click();
  await page.getByText("Kim has this case").or(page.getByText("kim has this case")).first().waitFor();
  await look("taken");
  const cambridge = await person("cambridgeshire", "I want to talk to a person");
  const refused = await kim.goto(`/console/cases/${cambridge.reference}`);
  must(refused.status() === 404, `a Kent adviser opens a Cambridgeshire case: ${refused.status()}`);
  await kim.goto("/console/queue");
  must(!(await kim.locator("main").innerText()).includes(cambridge.reference), "a Kent adviser sees a Cambridgeshire case");
  await other.close();
});

const everyPage = () => [["/console/queue", "queue"], [`/console/cases/${first.reference}`, "case"], [`/console/cases/${urgent.reference}`, "urgent"], ["/console/cases/new", "enquiry"], ["/console/replies", "replies"], ["/console/gaps", "gaps"], ["/console/standing", "figures"], ["/console/reports", "reports"], ["/console/reports?from=2026-01-01&to=2027-12-31", "reports of the whole time"], ["/console/reports?from=nonsense", "reports refused"], ["/console/reports/dictionary", "dictionary"], ["/console/account", "account"], ["/console/log", "log"], ["/console/accounts", "accounts"], ["/console/accounts/kim", "one account"], ["/console/account/password", "password"], ["/console/account/second-factor", "factor"], ["/console/prove", "prove"], ["/console/queue?view=closed", "closed"], ["/console/requests", "personal data"], ["/console/requests?view=decided", "decided"], [`/console/requests/${request}`, "request"]];

for (const [width, js] of [[320, true], [320, false], [768, true], [1280, false]]) {
  journey(`console pages at ${width} ${js ? "with" : "without"} JavaScript`, { js, width, height: 800 }, async (page, look, context) => {
    await signedIn(context, "admin");
    for (const [path, name] of everyPage()) {
      await page.goto(path);
      await look(name);
      must(name !== "reports of the whole time" || (await page.locator(".wm-chart").count()) > 2, "no chart is drawn");
      const wrong = js && path.startsWith("/console/reports") ? await page.evaluate(cramped) : [];
      must(wrong.length === 0, `${path}: ${wrong.join("; ")}`);
    }
    await page.goto(`/console/cases/${first.reference}`);
    const words = `One **more** word, at ${width} ${js}.`;
    await page.getByLabel("Your reply").fill(`${words}\n\n- a day\n- a week\n\n| Day | Hours |\n|---|---|\n| Monday | 4 |`);
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByText("This is how they will see it").waitFor();
    must((await page.locator(".wm-preview strong", { hasText: "more" }).count()) === 1, "the preview draws no mark");
    await look("preview");
    const wrong = js ? await page.evaluate(cramped) : [];
    must(wrong.length === 0, `preview: ${wrong.join("; ")}`);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("Your reply is sent.").waitFor();
    must(JSON.stringify(await first.messages()).includes(words), "the person has no reply");
  });
}

// As the pages that people see (access.mjs): a laptop at 400 %, colours of one's own, no motion.
for (const [name, how, check] of [["at 400 percent", { width: 320, height: 256 }, outside], ["in forced colours", { forcedColors: "active" }, edgeless], ["without motion", { reducedMotion: "reduce" }, moving]]) {
  journey(`console pages ${name}`, how, async (page, look, context) => {
    await signedIn(context, "admin");
    for (const [path, words] of everyPage()) {
      await page.goto(path);
      await look(words);
      const wrong = await page.evaluate(check);
      must(wrong.length === 0, `${path}: ${wrong.join("; ")}`);
    }
  });
}

// Takes out of the built sheets the rules of the design system that nothing meets: the pages use few of its components, and
// those not whole. A class of it counts as used where it stands, as one word, in a template, a handler or a script of ours.
// What never lives here: a list of what to keep. A template that uses another class gets its rules with `make assets`.
import { writeFileSync } from "node:fs";
import { PurgeCSS } from "purgecss";

const SHEETS = "../assets/static";
const PAGES = ["../templates/*", "../src/**/*.rs", `${SHEETS}/*.js`];

for (const [sheet, content] of [["site.css", PAGES], ["console.css", [...PAGES, "../templates/console/*"]]]) {
  const [pruned] = await new PurgeCSS().purge({
    css: [`${SHEETS}/${sheet}`],
    content,
    extractors: [{ extractor: (text) => text.match(/[\w-]+/g) ?? [], extensions: ["html", "js", "rs", "txt"] }],
    // Elements are made by Markdown too, and names of our own are put together in templates.
    safelist: [/^(?!govuk-)/],
  });
  writeFileSync(pruned.file, pruned.css);
}

// The Node engines over every corpus: minisearch, orama, node-nlp.
//   node node_peers.mjs FOLDER      reads FOLDER/corpora, writes FOLDER/results
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

// The packages stand in the folder where they were installed, not beside this file.
const folder = resolve(process.argv[2]);
const require = createRequire(join(folder, "node/package.json"));
const version = (name) => JSON.parse(readFileSync(join(folder, "node/node_modules", name, "package.json"))).version;
const MiniSearch = require("minisearch");
const { create, insertMultiple, search } = require("@orama/orama");
const { NlpManager } = require("node-nlp");

// More than the ten that are judged: several texts may belong to one section.
const DEPTH = 60;
const BOOST = { title: 2, questions: 1.5 };

// Each section whole with its questions in a field, or each question as a text of its own beside it.
function texts(corpus, way) {
  const held = [];
  for (const { id, title, body, questions } of corpus.documents) {
    held.push({ section: id, title, body, questions: way === "whole" ? questions.join("\n") : "" });
    if (way === "apart") for (const question of questions) held.push({ section: id, title: "", body: "", questions: question });
  }
  return held.map((text, number) => ({ id: String(number), ...text }));
}

const peers = [
  {
    name: "minisearch", package: "minisearch", ways: ["whole", "apart"],
    build(corpus, way) {
      const engine = new MiniSearch({ fields: ["title", "questions", "body"], storeFields: ["section"], searchOptions: { boost: BOOST } });
      engine.addAll(texts(corpus, way));
      return (question) => engine.search(question).slice(0, DEPTH).map((found) => found.section);
    },
  },
  {
    name: "orama", package: "@orama/orama", ways: ["whole", "apart"],
    async build(corpus, way) {
      const fields = { section: "string", title: "string", questions: "string", body: "string" };
      const db = create({ schema: fields });
      await insertMultiple(db, texts(corpus, way));
      const properties = ["title", "questions", "body"];
      return async (question) => {
        const found = await search(db, { term: question, properties, boost: BOOST, limit: DEPTH });
        return found.hits.map((hit) => hit.document.section);
      };
    },
  },
  {
    // A classifier of intents: it learns from titles and questions and reads no body.
    name: "node-nlp", package: "node-nlp", ways: ["apart"],
    skips: (corpus) => new Set(corpus.documents.map((d) => d.title)).size < corpus.documents.length && !corpus.documents.some((d) => d.questions.length),
    async build(corpus) {
      const engine = new NlpManager({ languages: ["en"], forceNER: false, autoSave: false, nlu: { log: false } });
      for (const { id, title, questions } of corpus.documents) {
        for (const said of [title, ...questions]) engine.addDocument("en", said, id);
      }
      await engine.train();
      return async (question) => {
        const { classifications } = await engine.process("en", question);
        return classifications.map((found) => found.intent).filter((intent) => intent !== "None");
      };
    },
  },
];

async function run(peer, corpus, way) {
  let began = performance.now();
  const ask = await peer.build(corpus, way);
  const build_ms = performance.now() - began;
  const found = [];
  const ms = [];
  for (const { q } of corpus.queries) {
    began = performance.now();
    const ids = await ask(q);
    ms.push(performance.now() - began);
    found.push([...new Set(ids)].slice(0, 10));
  }
  return { found, ms, build_ms };
}

const corpora = readdirSync(join(folder, "corpora")).sort().map((file) => JSON.parse(readFileSync(join(folder, "corpora", file))));
for (const peer of peers) {
  const sets = {};
  for (const corpus of corpora) {
    if (peer.skips?.(corpus)) {
      console.log(`skipped: ${peer.name} on ${corpus.name}, which has neither questions nor titles of its own`);
      continue;
    }
    const asked = corpus.documents.some((document) => document.questions.length);
    const ways = asked ? peer.ways : peer.ways.slice(0, 1);
    sets[corpus.name] = {};
    for (const way of ways) sets[corpus.name][way] = await run(peer, corpus, way);
    console.log(`${peer.name}: ${corpus.name}`);
  }
  const row = { peer: peer.name, version: version(peer.package), sets };
  writeFileSync(join(folder, "results", `${peer.name}.json`), JSON.stringify(row));
}

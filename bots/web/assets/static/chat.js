// The chat page works without this. With it, messages are sent without a reload, wait for a connection that has gone, and
// later ones appear by themselves. Every sentence it shows stands in the page (data attributes, templates), none here.
(() => {
  "use strict";
  const get = (id) => document.getElementById(id);
  const form = get("ask"), box = get("text"), state = get("state"), log = get("log"), area = get("area");
  if (!form || !box || !state || !form.requestSubmit) return;
  if (location.search) history.replaceState(null, "", "/" + location.hash);
  const title = document.title, words = state.dataset;
  const WAITS = [1000, 3000, 8000, 15000], SLOW = 600, ASLEEP = 15000;

  // What this tab has not got rid of yet. It goes with the tab, so that a shared computer keeps nothing.
  const kept = {
    read: (key, otherwise) => { try { return JSON.parse(sessionStorage.getItem("waymark-" + key)) ?? otherwise; } catch { return otherwise; } },
    write: (key, value) => { try { sessionStorage.setItem("waymark-" + key, JSON.stringify(value)); } catch { /* full or switched off: less is kept */ } },
  };
  let queue = kept.read("queue", []), held = [], sending = false, tries = 0, timer = 0;

  const say = (text) => { state.textContent = text || ""; };
  const last = () => (log ? Number(log.dataset.last) : 0);
  const post = (to, body) => fetch(to, { method: "POST", headers: { Accept: "application/json" }, body, credentials: "same-origin" });

  // Adds messages that are not there yet. Both the answer to a message and the stream bring them.
  const add = (messages) => {
    for (const { seq, html } of messages) {
      if (seq <= last() || get("m" + seq)) continue;
      const holder = document.createElement("template");
      holder.innerHTML = html;
      const added = holder.content.querySelector("article");
      if (!added) continue;
      // Only the assistant's newest reply has buttons; "the latest" is the newest from anybody but the person.
      const replaced = added.classList.contains("assistant") ? ".ways, .why, #latest" : added.querySelector("#latest") ? "#latest" : "";
      if (replaced) log.querySelectorAll(replaced).forEach((old) => old.remove());
      log.insertBefore(added, log.querySelector(".waiting"));
      log.dataset.last = seq;
      if (added.classList.contains("adviser") && document.hidden) document.title = words.new + " - " + title;
    }
    document.querySelectorAll("input[name=after]").forEach((field) => { field.value = last(); });
  };

  // What was written stands in the conversation at once, marked as waiting.
  const draw = () => {
    if (!log) return;
    log.querySelectorAll(".waiting").forEach((old) => old.remove());
    queue.forEach((item) => {
      const shown = get("waiting").content.cloneNode(true);
      shown.querySelector(".said").textContent = item.shown;
      log.append(shown);
    });
  };

  // What the stream brought while a message was on its way: its answer may overtake the reply to it, and would stand above the
  // copy that waits.
  const release = () => add(held.splice(0));

  const later = () => {
    sending = false;
    release();
    say(navigator.onLine === false ? words.offline : words.retry);
    clearTimeout(timer);
    timer = setTimeout(pump, WAITS[Math.min(tries, WAITS.length - 1)]);
    tries += 1;
  };

  const refused = (item, detail) => {
    done();
    if (!box.value) box.value = item.text;
    say(detail || words.failed);
  };

  const done = () => {
    sending = false;
    tries = 0;
    queue = queue.slice(1);
    kept.write("queue", queue);
    draw();
    release();
  };

  const took = (answer) => {
    say(answer.notice);
    if (answer.reload || !log) return location.replace(answer.notice ? "/?done=cut#notice" : "/?started#latest");
    add(answer.messages);
    const newest = get("latest");
    if (newest) newest.scrollIntoView();
    if (answer.messages.some((one) => /class="case"/.test(one.html))) stand();
  };
  // How the case stands is drawn by the server: asked for again when something has happened to it.
  const stand = async () => {
    try {
      const page = await (await fetch("/", { credentials: "same-origin" })).text();
      const now = new DOMParser().parseFromString(page, "text/html").getElementById("standing");
      if (now) get("standing").replaceChildren(...now.childNodes);
    } catch { /* it stays as it was */ }
  };
  // What the recorder sent was answered (voice.js).
  document.addEventListener("waymark", (event) => took(event.detail));

  // One after the other; each carries its own number, so the server knows one that comes twice.
  const pump = async () => {
    const item = queue[0];
    if (sending || !item) return;
    sending = true;
    clearTimeout(timer);
    say(words.sending);
    const slow = setTimeout(() => say(words.writing), SLOW);
    try {
      const body = new URLSearchParams(item.fields);
      body.set("client_id", item.id);
      body.set("after", last());
      // The conversation is there before its first message, so that a repeat finds it.
      if (!log) {
        const begun = await post("/chat/begin", new URLSearchParams({ area: body.get("area") || "" }));
        if (!begun.ok) return later();
      }
      const response = await post("/chat", body);
      const answer = await response.json();
      if (response.status >= 500 || response.status === 429) return later();
      if (!response.ok) return refused(item, answer.detail);
      done();
      took(answer);
    } catch {
      return later();
    } finally {
      clearTimeout(slow);
    }
    pump();
  };

  const ask = (asked, pressed) => {
    const fields = new URLSearchParams(new FormData(asked));
    if (pressed && pressed.name) fields.set(pressed.name, pressed.value);
    const ours = asked === form && !fields.get("example");
    const text = ours ? box.value : "";
    if (!fields.get("action") && !fields.get("example") && !text.trim()) {
      say(words.empty);
      box.focus();
      return;
    }
    if (!log && queue.length) return;
    const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
    queue.push({ id, text, fields: fields.toString(), shown: text || (pressed ? pressed.textContent : "") });
    kept.write("queue", queue);
    if (ours) kept.write("draft", "");
    if (ours && log) box.value = "";
    draw();
    if (log && log.lastElementChild) log.lastElementChild.scrollIntoView({ block: "nearest" });
    tries = 0;
    pump();
  };

  const thank = (asked) => {
    const thanks = document.createElement("p");
    thanks.tabIndex = -1;
    thanks.textContent = words.thanks;
    asked.replaceWith(thanks);
    thanks.focus();
  };

  // "No" is told at once; why, only if they like.
  const helped = (asked, pressed) => {
    const body = new URLSearchParams(new FormData(asked));
    if (pressed.name) body.set(pressed.name, pressed.value);
    const why = asked.parentElement.querySelector(".why");
    post(asked.action, body)
      .then((response) => {
        if (!response.ok) throw new Error(response.status);
        if (pressed.value !== "no" || !why || why === asked) return thank(asked);
        why.hidden = false;
        asked.remove();
        why.querySelector("input[type=radio]").focus();
      })
      .catch(() => say(words.failed));
  };

  document.addEventListener("submit", (event) => {
    const asked = event.target, pressed = event.submitter;
    if (asked.hasAttribute("data-helped") && pressed) {
      event.preventDefault();
      helped(asked, pressed);
    } else if (asked.hasAttribute("data-send")) {
      event.preventDefault();
      ask(asked, pressed);
    }
  });

  document.addEventListener("click", (event) => {
    // What was heard goes into the box, to be put right and sent again.
    const correct = event.target.closest("[data-correct]");
    if (correct) {
      let before = correct.closest("article");
      while (before && !before.classList.contains("person")) before = before.previousElementSibling;
      box.value = before ? before.querySelector(".said").textContent : "";
      box.focus();
      box.scrollIntoView({ block: "center" });
    }
    const pressed = event.target.closest("[data-copy]");
    if (!pressed || !navigator.clipboard) return;
    const parts = pressed.closest("article").querySelectorAll(".short, .rule, .next, .text, .source");
    const text = Array.from(parts, (part) => part.innerText || part.textContent).join("\n\n");
    navigator.clipboard.writeText(text.trim()).then(() => { pressed.textContent = words.copied; });
  });

  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });

  // A pasted book stalls a phone for minutes. The server reads no more than so much, and says so of one more.
  const most = Number(form.dataset.most) + 1;
  box.addEventListener("input", () => {
    if (box.value.length > most) box.value = box.value.slice(0, most);
    kept.write("draft", box.value);
  });
  if (!box.value) box.value = kept.read("draft", "");

  // The council chosen here before is chosen again.
  if (area) {
    try {
      area.value = localStorage.getItem("waymark-area") || area.value;
      area.addEventListener("change", () => localStorage.setItem("waymark-area", area.value));
    } catch { /* switched off: choose each time */ }
  }

  draw();
  pump();
  window.addEventListener("online", () => { say(""); tries = 0; pump(); });
  window.addEventListener("offline", () => say(words.offline));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    document.title = title;
    if (log && get("standing").childElementCount) stand();
  });
  if (!log || !window.EventSource) return;

  // Later messages. A browser has few connections to one server: a hidden tab gives its stream up to the one in sight.
  let stream = null, hiddenAt = 0;
  const tabs = window.BroadcastChannel ? new BroadcastChannel("waymark") : null;
  const close = () => { if (stream) stream.close(); stream = null; };
  const follow = () => {
    close();
    stream = new EventSource("/chat/events?after=" + last());
    stream.onmessage = (event) => {
      const one = JSON.parse(event.data);
      if (one.seq > last() && get("standing").childElementCount) stand();
      held.push(one);
      if (!sending) release();
    };
    stream.onerror = () => { if (stream && stream.readyState === 2) { close(); setTimeout(() => { if (!document.hidden) follow(); }, 8000); } };
    if (tabs && !document.hidden) tabs.postMessage("in sight");
  };
  if (tabs) tabs.onmessage = () => { if (document.hidden) close(); };
  // After a sleep the old connection may be dead without anybody having noticed.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (!stream || Date.now() - hiddenAt > ASLEEP) follow();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
  window.addEventListener("online", follow);
  follow();
})();

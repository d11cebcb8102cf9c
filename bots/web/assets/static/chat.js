// The chat page works without this. With it, messages are sent without a reload and later ones appear by themselves.
(() => {
  "use strict";
  const get = (id) => document.getElementById(id);
  const form = get("ask"), box = get("text"), state = get("state"), log = get("log");
  if (!form || !box || !state || !window.fetch || !window.URLSearchParams) return;
  if (location.search) history.replaceState(null, "", "/" + location.hash);
  const title = document.title;
  const waits = [1500, 4000, 10000];
  let sending = false;

  const say = (words) => { state.textContent = words; };
  const last = () => (log ? Number(log.dataset.last) : 0);

  // Adds messages that are not there yet, each in its place. Both the answer to a form and the stream bring them.
  const add = (messages) => {
    for (const { seq, html } of messages) {
      if (!log || get("m" + seq)) continue;
      const holder = document.createElement("template");
      holder.innerHTML = html;
      const added = holder.content.querySelector("article");
      if (!added) continue;
      if (seq > last()) {
        if (!added.classList.contains("person")) {
          // Only the newest reply has buttons and is "the latest".
          log.querySelectorAll(".ways, #latest").forEach((old) => old.remove());
        }
        log.append(added);
        log.dataset.last = seq;
      }
      if (added.classList.contains("adviser") && document.hidden) document.title = "New message - " + title;
    }
    document.querySelectorAll("input[name=after]").forEach((field) => { field.value = last(); });
  };

  const failed = (body, tries, words) => {
    if (tries < waits.length) {
      say("Not sent yet. Trying again…");
      setTimeout(() => send(body, tries + 1), waits[tries]);
    } else {
      sending = false;
      say(words || "Not sent. Your message is still here. Check your connection, then press Send again.");
    }
  };

  // `body` stays the same over every try, so the server can tell a retry from a new message.
  const send = (body, tries) => {
    fetch("/chat", { method: "POST", headers: { Accept: "application/json" }, body, credentials: "same-origin" })
      .then((response) => response.json().then((answer) => {
        if (response.ok) return arrived(body, answer);
        if (response.status >= 500) return failed(body, tries, answer.detail);
        sending = false;
        say(answer.detail || "Not sent. Please try again.");
      }))
      .catch(() => failed(body, tries));
  };

  const arrived = (body, answer) => {
    sending = false;
    say(answer.notice || "");
    if (!answer.notice && box.value === body.get("text")) box.value = "";
    if (answer.reload || !log) {
      location.replace("/?started#latest");
      return;
    }
    add(answer.messages);
    const newest = get("latest");
    if (newest) newest.scrollIntoView();
  };

  const helped = (asked, pressed) => {
    const body = new URLSearchParams(new FormData(asked));
    body.set(pressed.name, pressed.value);
    fetch(asked.action, { method: "POST", headers: { Accept: "application/json" }, body, credentials: "same-origin" })
      .then((response) => {
        if (!response.ok) throw new Error(response.status);
        const thanks = document.createElement("p");
        thanks.className = "thanks";
        thanks.tabIndex = -1;
        thanks.textContent = "Thank you for telling us.";
        asked.replaceWith(thanks);
        thanks.focus();
      })
      .catch(() => say("That did not reach us. Please try again."));
  };

  document.addEventListener("submit", (event) => {
    const asked = event.target, pressed = event.submitter;
    if (asked.hasAttribute("data-helped") && pressed) {
      event.preventDefault();
      helped(asked, pressed);
    } else if (asked.hasAttribute("data-send")) {
      event.preventDefault();
      if (sending) return;
      const body = new URLSearchParams(new FormData(asked));
      if (pressed && pressed.name) body.set(pressed.name, pressed.value);
      if (!body.get("action") && !body.get("example") && !box.value.trim()) {
        say("Please write your message first.");
        box.focus();
        return;
      }
      if (log) body.set("after", last());
      sending = true;
      say("Sending…");
      send(body, 0);
    }
  });

  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });

  document.addEventListener("visibilitychange", () => { document.title = title; });

  if (log && window.EventSource) {
    const stream = new EventSource("/chat/events?after=" + last());
    stream.onmessage = (event) => add([JSON.parse(event.data)]);
  }
})();

// Every page of the console works without this. With it, the queue keeps itself up to date, a case tells of news, and what is
// being typed is kept while it is typed.
(() => {
  "use strict";

  // The queue: when something has changed, the same page is asked for again and put in place; the focus stays where it was.
  const queue = document.getElementById("live");
  const told = document.getElementById("told");
  const refresh = async () => {
    const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (!fresh || fresh.innerHTML === queue.innerHTML) return;
    const focused = queue.contains(document.activeElement) && document.activeElement.id;
    const before = queue.dataset.told;
    queue.innerHTML = fresh.innerHTML;
    queue.dataset.told = fresh.dataset.told;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    // Only what changes what there is to do is read out.
    if (before !== fresh.dataset.told) told.textContent = `The queue has changed: ${fresh.dataset.told}`;
  };
  if (queue && "EventSource" in window) {
    let busy = false;
    const source = new EventSource(queue.dataset.live);
    source.addEventListener("changed", async () => {
      if (busy) return;
      busy = true;
      try { await refresh(); } catch { /* the next change makes up for it */ }
      busy = false;
    });
  }

  // A case: somebody else has done something here.
  const news = document.getElementById("news");
  if (news && "EventSource" in window) {
    const source = new EventSource(news.dataset.live);
    source.addEventListener("changed", (event) => {
      news.textContent = `${event.data} `;
      const again = document.createElement("a");
      again.href = location.pathname;
      again.className = "govuk-link";
      again.textContent = "Show the case as it is now";
      news.append(again);
    });
  }

  // A draft is kept a second and a half after the last key, and when the page is left.
  const form = document.querySelector("form[data-draft]");
  if (form) {
    const box = form.elements.text;
    const kept = document.getElementById("kept");
    let last = box.value;
    let timer;
    const keep = () => {
      if (box.value === last) return;
      last = box.value;
      const body = new URLSearchParams({ csrf: form.elements.csrf.value, text: box.value });
      fetch(form.dataset.draft, { method: "POST", body, credentials: "same-origin", keepalive: true })
        .then((answer) => { kept.textContent = answer.ok && !answer.redirected ? "Draft kept." : "The draft could not be kept: copy it, then load the page again."; })
        .catch(() => { kept.textContent = "The draft could not be kept: no connection."; });
    };
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 1500);
    });
    // A form that is sent brings its text along: what a late draft would bring back must not come after it.
    form.addEventListener("submit", () => clearTimeout(timer));
    window.addEventListener("pagehide", () => { if (!form.dataset.sent) keep(); });
    form.addEventListener("submit", () => { form.dataset.sent = "yes"; });
  }
})();

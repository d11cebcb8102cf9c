// Every page works without this. With it: suggestions while searching, leaving in a hurry leaves no page behind in this tab, and a page can be printed.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  // Inside another website's dialog there is little room, and the dialog says whose it is.
  if (window.top !== window) document.documentElement.classList.add("framed");
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  // On paper nothing can be unfolded.
  const folded = [];
  window.addEventListener("beforeprint", () => document.querySelectorAll("main details:not([open])").forEach((one) => { one.open = true; folded.push(one); }));
  window.addEventListener("afterprint", () => { while (folded.length) folded.pop().open = false; });

  // A link that must work elsewhere is shown whole, and copied whole.
  document.querySelectorAll("a[data-whole]").forEach((link) => { link.textContent = link.href; });
  document.querySelectorAll("[data-copy-link]").forEach((button) => button.addEventListener("click", () => {
    const link = document.querySelector(".wm-link a");
    if (navigator.clipboard) navigator.clipboard.writeText(link.href).then(() => { button.textContent = button.dataset.copied; });
  }));

  // Suggestions while typing: the browser's own list, so that every screen reader and keyboard knows it.
  const sought = document.querySelector("[data-suggest]");
  if (sought && window.fetch) {
    let timer = 0, asked = "";
    sought.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const words = sought.value.trim();
        if (words.length < 2 || words === asked) return;
        asked = words;
        fetch(sought.dataset.suggest + "?q=" + encodeURIComponent(words), { headers: { Accept: "application/json" } })
          .then((response) => (response.ok ? response.json() : []))
          .then((lines) => sought.list.replaceChildren(...lines.map((line) => new Option(line, line))))
          .catch(() => {});
      }, 200);
    });
  }

  const exit = document.getElementById("exit");
  if (!exit) return;
  let presses = 0;

  // Drafts of this tab go too; the server takes the conversation off this device and leads on to a harmless page.
  const leave = () => {
    document.body.hidden = true;
    document.title = "";
    try { sessionStorage.clear(); localStorage.removeItem("waymark-area"); localStorage.removeItem("waymark-speed"); } catch { /* storage may be switched off */ }
    // In a frame it is the page around it that must go, once this frame's own cookie has.
    if (window.top === window) return location.replace(exit.href);
    const away = () => { window.top.location.replace(exit.href); };
    fetch(exit.href, { redirect: "manual", keepalive: true }).then(away, away);
  };

  exit.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  // Shift three times in a row, as on GOV.UK.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && window.parent !== window) window.parent.postMessage("waymark close", "*");
    presses = event.key === "Shift" && !event.repeat ? presses + 1 : 0;
    if (presses === 3) leave();
  });
})();

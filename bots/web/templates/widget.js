// Waymark on another website: one button, and the chat in a dialog when it is pressed. Nothing is fetched before.
// <script src="https://.../widget.js" async data-label="..." data-colour="#0b5563" data-on-colour="#ffffff" data-side="left" data-area="kent"></script>
(() => {
  "use strict";
  const me = document.currentScript;
  if (!me || !window.HTMLDialogElement || !Element.prototype.attachShadow || !document.adoptedStyleSheets) return;
  const home = new URL(me.src).origin, told = me.dataset;
  const label = told.label || "Ask about Direct Payments", name = {{ service_json }};

  const colour = (value, otherwise) => (/^#[0-9a-f]{6}$/i.test(value || "") ? value : otherwise);
  const back = colour(told.colour, "{{ colour }}"), front = colour(told.onColour, "{{ on_colour }}");
  const side = told.side === "left" ? "left" : "right";

  // A sheet made by script passes the strictest policy of the host, and its own styles stay out.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    button { font: 600 1rem/1.2 system-ui, sans-serif; min-height: 44px; padding: 10px 18px; border: 2px solid transparent; border-radius: 22px; color: ${front}; background: ${back}; cursor: pointer; }
    button:focus-visible { outline: 3px solid #000; outline-offset: 2px; box-shadow: 0 0 0 3px #fd0; }
    .open { position: fixed; bottom: 16px; ${side}: 16px; z-index: 2147483000; max-width: calc(100vw - 32px); box-shadow: 0 2px 8px #0006; }
    dialog { box-sizing: border-box; width: min(30rem, 100vw); height: min(48rem, 100vh); height: min(48rem, 100dvh); max-width: none; max-height: none; margin: auto 0 0; margin-${side === "left" ? "right" : "left"}: auto; padding: 0; border: 2px solid ${back}; background: #fff; overflow: hidden; }
    dialog[open] { display: flex; flex-direction: column; }
    dialog::backdrop { background: #0008; }
    .bar { display: flex; align-items: center; justify-content: space-between; font: 600 1rem/1.2 system-ui, sans-serif; color: ${front}; background: ${back}; }
    .bar span { padding: 4px 16px; }
    .bar button { border-radius: 0; }
    iframe { flex: 1; width: 100%; border: 0; }
    @media (forced-colors: active) { button { border-color: ButtonText; } }
    @media print { .open { display: none; } }`);

  const holder = document.createElement("div");
  const root = holder.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  const make = (kind, words, kind2) => {
    const made = document.createElement(kind);
    if (kind === "button") made.type = "button";
    if (words) made.textContent = words;
    if (kind2) made.className = kind2;
    return made;
  };
  const open = make("button", label, "open"), dialog = make("dialog"), bar = make("div", "", "bar"), close = make("button", "Close");
  open.setAttribute("aria-haspopup", "dialog");
  dialog.setAttribute("aria-label", name);
  // The council's own logo and the page behind are dimmed: the bar says where one is.
  bar.append(make("span", name), close);
  dialog.append(bar);
  root.append(open, dialog);

  let frame = null;
  open.addEventListener("click", () => {
    if (!frame) {
      frame = make("iframe");
      frame.title = name;
      frame.allow = "clipboard-write; microphone";
      frame.src = `${home}/?widget${told.area ? "&area=" + encodeURIComponent(told.area) : ""}`;
      dialog.append(frame);
    }
    dialog.showModal();
  });
  // Escape closes it too (from inside the frame it comes as a message), and the browser gives the focus back to the button.
  window.addEventListener("message", (event) => { if (event.origin === home && event.data === "waymark close") dialog.close(); });
  close.addEventListener("click", () => dialog.close());
  document.body.append(holder);
})();

// The recorder and reading aloud. Only loaded where the server hears or speaks; every sentence stands in the page.
(() => {
  "use strict";
  const get = (id) => document.getElementById(id);
  const log = get("log"), last = () => (log ? Number(log.dataset.last) : 0);

  // Reading aloud: a button under each message in English; one is read at a time.
  const listen = get("listen"), player = get("player");
  const offer = (message) => {
    const tools = message.querySelector("[data-tools]");
    const spoken = message.querySelector("[lang]");
    if (!tools || tools.querySelector("[data-listen], .wm-player") || (spoken && !/^en\b/.test(spoken.lang))) return;
    tools.append(listen.content.cloneNode(true));
  };
  const read = (button) => {
    const message = button.closest(".msg"), shown = player.content.cloneNode(true).firstElementChild;
    const audio = shown.querySelector("audio"), speed = shown.querySelector("select"), told = shown.querySelector("p");
    const from = "/chat/speech?message=" + message.id.slice(1);
    const pace = () => { audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value); };
    try { speed.value = localStorage.getItem("waymark-speed") || speed.value; } catch { /* switched off: the usual pace */ }
    speed.addEventListener("change", () => {
      pace();
      try { localStorage.setItem("waymark-speed", speed.value); } catch { /* not kept */ }
    });
    // What cannot play it as it comes gets it whole, in the plainest form.
    audio.addEventListener("error", () => {
      fetch(from + "&format=wav", { credentials: "same-origin" })
        .then((response) => { if (!response.ok) throw new Error(response.status); return response.blob(); })
        .then((sound) => { audio.src = URL.createObjectURL(sound); pace(); return audio.play(); })
        .catch((error) => { if (error.name !== "NotAllowedError") told.textContent = told.dataset.failed; });
    }, { once: true });
    audio.addEventListener("play", () => document.querySelectorAll(".wm-player audio").forEach((other) => { if (other !== audio) other.pause(); }));
    audio.src = from;
    pace();
    button.replaceWith(shown);
    audio.focus();
    audio.play().catch(() => { /* the controls are there */ });
  };
  if (listen && log) {
    log.querySelectorAll(".msg").forEach(offer);
    new MutationObserver(() => log.querySelectorAll(".msg").forEach(offer)).observe(log, { childList: true });
    log.addEventListener("click", (event) => {
      const button = event.target.closest("[data-listen]");
      if (button) read(button);
    });
  }

  // The recorder.
  const speak = get("speak");
  if (!speak || !window.MediaRecorder || !navigator.mediaDevices) return;
  const words = speak.dataset, limit = Number(words.limit), QUIET = 0.02, SLICE = 100;
  const part = (name) => speak.querySelector(`[data-part=${name}]`), button = (name, within = speak) => within.querySelector(`[data-speak=${name}]`);
  const open = button("open"), panel = get("speak-panel"), told = button("told"), level = get("speak-level"), time = button("time");
  const sound = part("review").querySelector("audio");
  let recorder = null, stream = null, context = null, ticking = 0, recording = null, id = "", wanted = 0;

  const say = (text) => { told.textContent = text || ""; };
  const show = (name) => { for (const one of ["before", "recording", "review"]) part(one).hidden = one !== name; };
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  // The microphone is let go of as soon as it is not needed.
  const release = () => {
    clearInterval(ticking);
    if (stream) stream.getTracks().forEach((track) => track.stop());
    if (context) context.close();
    stream = context = null;
  };
  const drop = () => {
    wanted += 1;
    if (recorder && recorder.state !== "inactive") { recorder.onstop = null; recorder.stop(); }
    release();
    if (sound.src) URL.revokeObjectURL(sound.src);
    sound.removeAttribute("src");
    recorder = recording = null;
  };
  const close = () => {
    drop();
    say("");
    panel.hidden = true;
    open.hidden = false;
    open.setAttribute("aria-expanded", "false");
    open.focus();
  };

  const meter = () => {
    context = new AudioContext();
    const ear = context.createAnalyser(), wave = new Uint8Array((ear.fftSize = 1024));
    context.createMediaStreamSource(stream).connect(ear);
    const began = Date.now();
    let loudest = 0;
    ticking = setInterval(() => {
      ear.getByteTimeDomainData(wave);
      const now = Math.max(...wave.map((at) => Math.abs(at - 128))) / 128, seconds = (Date.now() - began) / 1000;
      loudest = Math.max(loudest, now);
      level.value = Math.sqrt(now);
      time.textContent = `${clock(seconds)} / ${clock(limit)}`;
      if (loudest < QUIET && seconds > 4) say(words.quiet);
      else if (told.textContent === words.quiet) say(words.recording);
      if (seconds >= limit) stop(words.longest);
    }, SLICE);
  };

  const start = async () => {
    drop();
    const mine = wanted;
    say(words.waiting);
    try {
      const given = await navigator.mediaDevices.getUserMedia({ audio: true });
      // Cancelled while the browser asked.
      if (mine !== wanted) return given.getTracks().forEach((track) => track.stop());
      stream = given;
      recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32000 });
      const parts = [];
      recorder.ondataavailable = (event) => parts.push(event.data);
      recorder.onstop = () => {
        recording = new Blob(parts, { type: recorder.mimeType });
        id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
        release();
        sound.src = URL.createObjectURL(recording);
        show("review");
        button("send").focus();
      };
      recorder.start(1000);
      meter();
    } catch (error) {
      if (mine !== wanted) return;
      drop();
      show("before");
      return say(error.name === "NotAllowedError" ? words.denied : error.name === "NotFoundError" ? words.absent : words.broken);
    }
    show("recording");
    say(words.recording);
    button("stop").focus();
  };

  const stop = (why) => {
    clearInterval(ticking);
    if (recorder && recorder.state !== "inactive") recorder.stop();
    say(why);
  };

  const post = (to, body) => fetch(to, { method: "POST", headers: { Accept: "application/json" }, body, credentials: "same-origin" });
  const send = async () => {
    if (!recording || button("send").disabled) return;
    say(words.sending);
    button("send").disabled = true;
    try {
      if (!log) {
        const begun = await post("/chat/begin", new URLSearchParams({ area: get("area")?.value || "" }));
        if (!begun.ok) throw new Error(begun.status);
      }
      // The same recording carries the same number each time it is sent.
      const response = await post(`/chat/voice?client_id=${id}&after=${last()}`, recording);
      const answer = await response.json();
      if (!response.ok) return say(answer.detail || words.again);
      document.dispatchEvent(new CustomEvent("waymark", { detail: answer }));
      close();
    } catch {
      say(words.again);
    } finally {
      button("send").disabled = false;
    }
  };

  open.addEventListener("click", () => {
    panel.hidden = false;
    open.hidden = true;
    open.setAttribute("aria-expanded", "true");
    say("");
    show("before");
    button("start").focus();
  });
  speak.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-speak]");
    if (!pressed) return;
    ({ start, cancel: close, send, stop: () => stop(words.recorded) })[pressed.dataset.speak]?.();
  });
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } });
  window.addEventListener("pagehide", drop);
  speak.hidden = false;
})();

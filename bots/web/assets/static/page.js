// Every page works without this. With it: leaving in a hurry leaves no page behind in this tab, and a page can be printed.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  const exit = document.getElementById("exit");
  if (!exit) return;
  let presses = 0;

  // Drafts of this tab go too; the server takes the conversation off this device and leads on to a harmless page.
  const leave = () => {
    document.body.hidden = true;
    document.title = "";
    try { sessionStorage.clear(); localStorage.removeItem("waymark-area"); } catch { /* storage may be switched off */ }
    location.replace(exit.href);
  };

  exit.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  // Shift three times in a row, as on GOV.UK.
  document.addEventListener("keydown", (event) => {
    presses = event.key === "Shift" && !event.repeat ? presses + 1 : 0;
    if (presses === 3) leave();
  });
})();

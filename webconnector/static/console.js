// What pages cannot do without a script: light or dark, the browser's time zone, copying.
// Everything else works without it.
"use strict";
(() => {
  const YEAR = 31536000;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const keep = (name, value) => {
    const age = value ? YEAR : 0;
    document.cookie = `${name}=${value}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  };
  const kept = (name) =>
    document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);

  document.documentElement.classList.add("scripted");

  // The server shows times in this zone, from the next page on.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  if (zone && kept("kcf_zone") !== zone) keep("kcf_zone", zone);

  const choose = (theme) => {
    keep("kcf_theme", theme === "auto" ? "" : theme);
    document.documentElement.dataset.theme = theme;
    for (const one of document.querySelectorAll("[data-choose-theme]")) {
      one.setAttribute("aria-pressed", String(one.dataset.chooseTheme === theme));
    }
  };

  // Where the tabs do not fit, the present one is the one to be seen.
  document.addEventListener("DOMContentLoaded", () => {
    const tab = document.querySelector(".tabs [aria-current]");
    if (!tab) return;
    const tabs = tab.parentElement;
    tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  });

  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-choose-theme]");
    if (theme) choose(theme.dataset.chooseTheme);

    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const text = document.querySelector(copy.dataset.copy).textContent.trim();
      navigator.clipboard.writeText(text).then(() => {
        const before = copy.textContent;
        copy.textContent = "Copied";
        setTimeout(() => { copy.textContent = before; }, 2000);
      });
    }
    for (const open of document.querySelectorAll("details.menu[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const open of document.querySelectorAll("details.menu[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
})();

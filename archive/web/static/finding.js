// Keys of the search page: J and K walk through the hits, Enter follows the focused link, X picks, L asks for a loan.
"use strict";
(function () {
  function hits() {
    return Array.prototype.slice.call(document.querySelectorAll(".results > li"));
  }
  function current() {
    return document.activeElement ? document.activeElement.closest(".results > li") : null;
  }
  function walk(step) {
    const all = hits(), at = all.indexOf(current());
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
    if (!next) return;
    next.querySelector(".open").focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function press(selector) {
    const hit = current(), button = hit && hit.querySelector(selector);
    if (button) button.click();
  }
  window.juanzong.onKey(function (key) {
    switch (key.toLowerCase()) {
      case "j": walk(1); return true;
      case "k": walk(-1); return true;
      case "x": press(".pick"); return true;
      case "l": press(".ask"); return true;
      default: return false;
    }
  });
  // The bar says how many are picked.
  document.addEventListener("change", function (event) {
    const bar = document.querySelector(".several [data-some]");
    if (!bar || !event.target.matches(".pick")) return;
    if (!bar.dataset.none) bar.dataset.none = bar.textContent;
    const number = document.querySelectorAll(".pick:checked").length;
    bar.textContent = number ? bar.dataset.some.replace("{0}", number) : bar.dataset.none;
  });
  // The address says what the list was narrowed to, so that it can be kept, sent and gone back to.
  // A form that came into its place takes the focus at its first field.
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id === "found") return history.replaceState(null, "", event.detail.pathInfo.finalRequestPath);
    if (!event.target.matches(".asking")) return;
    const field = event.target.querySelector("select, textarea");
    if (field) field.focus();
  });
})();

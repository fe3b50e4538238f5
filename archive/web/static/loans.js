// Keys of the list of requests: J and K walk, A and D prepare a decision, Ctrl+Enter in the reason sends it, H shows the history.
"use strict";
(function () {
  function all() { return Array.prototype.slice.call(document.querySelectorAll(".request")); }
  function current() {
    var at = document.activeElement;
    return (at && at.closest && at.closest(".request")) || null;
  }
  function walk(step) {
    var cards = all(), at = cards.indexOf(current());
    var next = cards[at < 0 ? (step > 0 ? 0 : cards.length - 1) : at + step];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function prepare(decision) {
    var card = current() || all()[0];
    if (!card) return;
    card.querySelectorAll("[name=decision]").forEach(function (button) {
      button.classList.toggle("meant", button.value === decision);
    });
    card.querySelector("[name=opinion]").focus();
  }
  window.juanzong.onKey(function (key) {
    switch (key.toLowerCase()) {
      case "j": walk(1); return true;
      case "k": walk(-1); return true;
      case "a": prepare("grant"); return true;
      case "d": prepare("refuse"); return true;
      case "h":
        var card = current() || all()[0], link = card && card.querySelector(".past");
        if (link) link.click();
        return true;
      default: return false;
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !event.ctrlKey || event.isComposing || event.target.name !== "opinion") return;
    var button = event.target.form.querySelector(".meant");
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  // To refuse without a reason is told at once, where it is to be written.
  document.addEventListener("click", function (event) {
    var button = event.target;
    if (button.name !== "decision" || !button.form) return;
    button.form.opinion.required = button.value === "refuse";
  });
})();

/* The grid of pages: keys press the buttons of the form, and a mark changes one cell instead of the whole page.
   Without this script the same buttons send the same form. */
(function () {
  "use strict";
  var form = document.querySelector("[data-quality]");
  if (!form) { return; }
  var said = form.querySelector("[data-said]");
  var reason = form.elements.reason;
  var looking = document.querySelector("[data-looking]");
  var large = document.createElement("img");
  var asking = null;
  var sending = false;

  function radios() { return Array.prototype.slice.call(form.querySelectorAll("input[name=page]")); }
  function chosen() { return form.querySelector("input[name=page]:checked"); }
  function cellOf(radio) { return radio.closest(".leaf"); }
  function button(act) { return form.querySelector("button[value=" + act + "]"); }

  function choose(radio) {
    if (!radio) { return; }
    radio.checked = true;
    radio.focus({ preventScroll: true });
    cellOf(radio).scrollIntoView({ block: "nearest" });
    if (!looking.hidden) { look(); }
  }

  function move(by) {
    var all = radios();
    var at = all.indexOf(chosen()) + by;
    if (at >= 0 && at < all.length) { choose(all[at]); }
  }

  function columns() {
    var all = radios();
    var top = cellOf(chosen() || all[0]).offsetTop;
    return all.filter(function (radio) { return cellOf(radio).offsetTop === top; }).length || 1;
  }

  /* --- marks --- */

  function send(act) {
    var radio = chosen();
    if (!radio || sending) { return; }
    var cell = cellOf(radio);
    var fields = new URLSearchParams(new FormData(form));
    fields.set("act", act);
    fields.set("part", "cell");
    sending = true;
    said.textContent = "";
    fetch(form.action, { method: "POST", body: fields, credentials: "same-origin" }).then(function (answer) {
      if (answer.redirected) { window.location.assign(answer.url); return null; }
      return answer.text().then(function (text) { show(answer.ok, text, cell, act); });
    }).catch(function () {
      said.textContent = said.getAttribute("data-lost");
    }).then(function () { sending = false; });
  }

  function show(ok, text, cell, act) {
    var page = new DOMParser().parseFromString(text, "text/html");
    if (!ok) {
      var trouble = page.querySelector(".trouble");
      said.textContent = trouble ? trouble.textContent.replace(/\s+/g, " ").trim() : said.getAttribute("data-lost");
      var now = page.getElementById(cell.id);
      if (now) { put(cell, now); }
      return;
    }
    reason.value = "";
    put(cell, page.querySelector(".leaf"));
    if (act === "accept") { move(1); }
  }

  function isDone(cell) { return cell.classList.contains("fine-page") || cell.classList.contains("out"); }

  function count(by) {
    var bar = document.querySelector(".head progress");
    bar.value += by;
    bar.nextElementSibling.textContent = bar.value + "/" + bar.max;
  }

  function put(cell, fresh) {
    count((isDone(fresh) ? 1 : 0) - (isDone(cell) ? 1 : 0));
    var image = fresh.querySelector("img");
    image.src = cell.querySelector("img").getAttribute("src");
    image.className = image.className.replace(/c\d+/, cell.querySelector("img").className.match(/c\d+/)[0]);
    fresh = document.importNode(fresh, true);
    cell.parentNode.replaceChild(fresh, cell);
    choose(fresh.querySelector("input"));
  }

  function press(act) {
    var one = button(act);
    var flag = one.getAttribute("data-reason");
    var radio = chosen();
    if (flag && radio && radio.value.split(".")[2].indexOf(flag) < 0 && !reason.value.trim()) {
      asking = act;
      said.textContent = said.getAttribute("data-ask");
      reason.focus();
      return;
    }
    asking = null;
    if (act === "accept_unmarked") { one.click(); return; }
    send(act);
  }

  form.addEventListener("submit", function (event) {
    var by = event.submitter || document.activeElement;
    var act = by && by.name === "act" ? by.value : "";
    if (act === "accept_unmarked") { return; }
    event.preventDefault();
    press(act || asking || "accept");
  });

  /* --- the large image --- */

  function look() {
    var radio = chosen();
    var link = radio && cellOf(radio).querySelector("[data-image]");
    if (!link) { return; }
    large.alt = looking.getAttribute("data-alt");
    large.src = link.getAttribute("data-image");
    looking.appendChild(large);
    looking.hidden = false;
  }

  function lookAway() {
    looking.hidden = true;
    looking.removeChild(large);
    choose(chosen());
  }

  looking.querySelector(".close").addEventListener("click", lookAway);
  form.addEventListener("click", function (event) {
    if (event.target.closest("[data-image]") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      look();
    }
  });

  /* --- keys --- */

  function isTyping(event) {
    var at = event.target;
    return event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey ||
      /^(TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable || (at.tagName === "INPUT" && at.type !== "radio");
  }

  var moves = { j: 1, k: -1, ArrowRight: 1, ArrowLeft: -1 };
  var acts = { x: "exclude", b: "blank", "[": "left", "]": "right", r: "rescan", u: "undo", a: "accept_unmarked" };

  reason.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229) { return; }
    if (event.key === "Escape") {
      asking = null;
      reason.value = "";
      said.textContent = "";
      choose(chosen());
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (asking && reason.value.trim()) { press(asking); }
    }
  });

  document.addEventListener("keydown", function (event) {
    if (isTyping(event)) { return; }
    var key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    var onControl = /^(BUTTON|A|SUMMARY)$/.test(event.target.tagName);
    if (moves[key]) {
      move(moves[key]);
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      move(key === "ArrowDown" ? columns() : -columns());
    } else if (key === "Enter" && !onControl) {
      press("accept");
    } else if (key === "Escape" && !looking.hidden) {
      lookAway();
    } else if (key === "v") {
      if (looking.hidden) { look(); } else { lookAway(); }
    } else if (acts[key]) {
      press(acts[key]);
    } else {
      return;
    }
    event.preventDefault();
  });

  var first = chosen();
  if (first && document.activeElement === document.body) { choose(first); }
})();

// The binding desk: documents are put in order by dragging, by Alt with an arrow, or by the forms that also work without this.
// Whatever the server does not confirm goes back to where it was. Texts come from data- attributes of #bench.
(function () {
  "use strict";
  var juanzong = window.juanzong || {};
  var START = 6; // pixels before a press becomes a drag
  var PAUSE = 350; // milliseconds in which further presses of an arrow belong to the same move
  var drag = null, waiting = null, next = null, timer = 0, isSending = false;

  function byId(id) { return document.getElementById(id); }
  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function bench() { return byId("bench"); }
  function order() { return document.querySelector("#bench [data-order]"); }
  function words(name) { return bench().getAttribute("data-" + name) || ""; }
  function rowOf(node) { return node && node.closest ? node.closest("#bench li[data-item]") : null; }
  function rows() { return order() ? all("li[data-item]", order()) : []; }
  function placeOf(row) { return rows().indexOf(row) + 1; }
  function isBound(row) { return Boolean(order() && row.parentNode === order()); }
  if (!bench()) return;

  // --- what is said ------------------------------------------------------------------------------------------------
  function tell(text) {
    var region = byId("told");
    region.textContent = "";
    setTimeout(function () { region.textContent = text; }, 30);
  }
  function tellPlace(row) {
    tell(words("moved").replace("{title}", row.getAttribute("data-title")).replace("{place}", placeOf(row)).replace("{count}", rows().length));
  }
  function unsay() {
    var stale = byId("stale");
    if (stale) stale.parentNode.removeChild(stale);
    byId("says").textContent = "";
  }

  // --- asking the server -------------------------------------------------------------------------------------------
  function encode(values) {
    return values.map(function (pair) { return encodeURIComponent(pair[0]) + "=" + encodeURIComponent(pair[1]); }).join("&");
  }
  function csrf() { return document.querySelector('input[name="csrf"]').value; } // renewed by forms.js after signing in again
  function send(address, values, failed) {
    var request = new XMLHttpRequest();
    isSending = true;
    bench().setAttribute("aria-busy", "true");
    request.open("POST", address);
    request.timeout = 30000;
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.onload = function () {
      settle();
      if (request.status === 401 && juanzong.signedIn) return again(address, values, failed);
      take(request, failed);
    };
    request.onerror = request.ontimeout = function () { settle(); next = null; failed(); juanzong.say(words("lost")); };
    request.send(encode(values.concat([["csrf", csrf()], ["part", "bench"]])));
  }
  function again(address, values, failed) { // the session has ended: what was done is sent once more after signing in
    juanzong.signedIn().then(function (isSignedIn) {
      if (isSignedIn) return send(address, values, failed);
      next = null;
      failed();
    });
  }
  function settle() {
    isSending = false;
    bench().removeAttribute("aria-busy");
  }
  function take(request, failed) {
    var answer = new DOMParser().parseFromString(request.responseText, "text/html");
    var fresh = answer.getElementById("bench"), stale = answer.getElementById("stale");
    if (request.status === 200 && fresh) return replace(fresh);
    next = null;
    failed();
    if (stale) return show(stale);
    juanzong.say(juanzong.wordsOf(request.responseText) || document.body.getAttribute("data-failed"));
  }
  function show(stale) {
    unsay();
    bench().parentNode.insertBefore(document.importNode(stale, true), bench());
    byId("stale").querySelector("a").focus();
  }
  function replace(fresh) {
    var kept = {}, focus = whereIsFocus(), y = window.pageYOffset;
    fresh = document.importNode(fresh, true);
    if (waiting) { // more moves were made meanwhile: their order stays on the screen, only the revision is new
      bench().setAttribute("data-revision", fresh.getAttribute("data-revision"));
      return flush();
    }
    all("img[data-sheet]", bench()).forEach(function (image) { kept[image.getAttribute("src")] = image; });
    all("img[data-sheet]", fresh).forEach(function (image) { // images that are here already are not asked for again
      var old = kept[image.getAttribute("src")];
      if (old) image.parentNode.replaceChild(old, image);
    });
    all("details[id][open]", bench()).forEach(function (open) {
      var same = fresh.querySelector("#" + open.id);
      if (same) same.open = true;
    });
    bench().parentNode.replaceChild(fresh, bench());
    unsay();
    window.scrollTo(0, y);
    refocus(focus);
    if (words("told")) tell(words("told"));
    go();
  }
  function whereIsFocus() {
    var active = document.activeElement, row = rowOf(active);
    if (!bench().contains(active)) return null;
    return { item: row && row.getAttribute("data-item"), at: row === active ? "" : active.getAttribute("data-focus") || active.id };
  }
  function refocus(focus) {
    if (!focus) return;
    var row = focus.item && document.querySelector('#bench li[data-item="' + focus.item + '"]');
    var within = row || bench();
    var node = focus.at && (within.querySelector('[data-focus="' + focus.at + '"]') || byId(focus.at));
    node = node && !node.disabled ? node : row;
    if (node) node.focus();
    else bench().focus();
  }

  // --- moves: shown at once, sent after a pause, taken back when they fail ---------------------------------------------
  function snapshot() { return order() ? all("li", order()) : []; }
  function restore(was) {
    was.forEach(function (row) { order().appendChild(row); });
    order().classList.add("restored");
    setTimeout(function () { if (order()) order().classList.remove("restored"); }, 1500);
  }
  function later(row, was) {
    var item = row.getAttribute("data-item");
    if (waiting && waiting.item !== item && !isSending) flush();
    if (!waiting) waiting = { item: item, was: was };
    else if (waiting.item !== item) return false;
    waiting.place = placeOf(row);
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE);
    return true;
  }
  function flush() {
    clearTimeout(timer);
    if (!waiting || isSending) return;
    var move = waiting;
    waiting = null;
    send(words("move"), [["item", move.item], ["place", move.place], ["revision", words("revision")]], function () {
      waiting = null;
      restore(move.was);
    });
  }
  function step(row, by) {
    var list = rows(), at = list.indexOf(row), to = at + by;
    if (at < 0 || to < 0 || to >= list.length) return;
    if (waiting && waiting.item !== row.getAttribute("data-item")) return flush(); // the other one is on its way first
    var was = snapshot();
    order().insertBefore(row, by < 0 ? list[to] : list[to].nextSibling);
    later(row, was);
    row.focus();
    tellPlace(row);
  }

  // --- the keyboard ------------------------------------------------------------------------------------------------
  function typing(event) {
    return event.isComposing || event.keyCode === 229 || (juanzong.isTyping && juanzong.isTyping(event.target));
  }
  document.addEventListener("keydown", function (event) {
    if (drag && (event.key === "Escape" || event.key === "Esc")) return cancel();
    if (typing(event) || document.querySelector("dialog[open]")) return;
    var row = rowOf(event.target), by = /^(Arrow)?Up$/.test(event.key) ? -1 : /^(Arrow)?Down$/.test(event.key) ? 1 : 0;
    if (by && row && event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (isBound(row) && words("move")) step(row, by);
    } else if (by && row && row === event.target && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      beside(row, by);
    } else if (/^[zy]$/i.test(event.key) && (event.ctrlKey || event.metaKey) && !event.altKey) {
      var button = byId(event.key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo");
      if (button && !button.disabled) { event.preventDefault(); button.click(); }
    } else if (event.key === "Enter" && row && row === event.target) {
      var first = row.querySelector("[data-enter]");
      if (first) { event.preventDefault(); first.click(); }
    }
  });
  function beside(row, by) {
    var list = all("li[data-item]", row.parentNode), next = list[list.indexOf(row) + by];
    if (next) next.focus();
  }
  if (juanzong.onKey) juanzong.onKey(function (key) {
    var row = rowOf(document.activeElement);
    if (key === "j" || key === "J" || key === "k" || key === "K") {
      if (row) beside(row, /j/i.test(key) ? 1 : -1);
      else if (document.querySelector("#bench li[data-item]")) document.querySelector("#bench li[data-item]").focus();
      return true;
    }
    if (key === "l" || key === "L") {
      var lists = all("#bench .documents"), other = row ? lists.filter(function (list) { return list !== row.parentNode; }) : lists;
      var first = other.map(function (list) { return list.querySelector("li[data-item]"); }).filter(Boolean)[0];
      if (first) first.focus();
      return true;
    }
    return false;
  });

  // --- dragging with mouse, pen or finger ------------------------------------------------------------------------------
  document.addEventListener("pointerdown", function (event) {
    var grip = event.target.closest && event.target.closest("#bench [data-grip]");
    var row = grip && rowOf(grip);
    if (!row || event.button || isSending || !order() || !words("move")) return;
    flush();
    event.preventDefault();
    drag = { row: row, grip: grip, id: event.pointerId, y: event.clientY, x: event.clientX, was: snapshot(), home: row.parentNode, next: row.nextSibling, on: false };
    if (grip.setPointerCapture) grip.setPointerCapture(event.pointerId);
    row.focus();
  });
  document.addEventListener("pointermove", function (event) {
    if (!drag || event.pointerId !== drag.id) return;
    if (!drag.on && Math.abs(event.clientY - drag.y) + Math.abs(event.clientX - drag.x) < START) return;
    drag.on = true;
    drag.row.classList.add("dragged");
    order().classList.add("takes");
    scrollNear(event.clientY);
    hover(event.clientX, event.clientY);
  });
  function hover(x, y) {
    var box = order().getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top - 40 || y > box.bottom + 60) return home();
    var before = rows().filter(function (row) {
      var its = row.getBoundingClientRect();
      return row !== drag.row && y < its.top + its.height / 2;
    })[0] || null;
    if (drag.row.parentNode === order() && drag.row.nextElementSibling === before) return;
    order().insertBefore(drag.row, before);
  }
  function home() { // outside the folder nothing would happen: it shows where it came from
    if (drag.row.parentNode === drag.home && drag.row.nextSibling === drag.next) return;
    if (drag.home === order()) restoreQuietly(drag.was);
    else drag.home.insertBefore(drag.row, drag.next);
  }
  function restoreQuietly(was) { was.forEach(function (row) { order().appendChild(row); }); }
  function scrollNear(y) {
    if (y < 90) window.scrollBy(0, -14);
    else if (y > window.innerHeight - 60) window.scrollBy(0, 14);
  }
  document.addEventListener("pointerup", function (event) {
    if (!drag || event.pointerId !== drag.id) return;
    var done = drag, inFolder = done.row.parentNode === order();
    finish();
    if (!done.on || !inFolder) return;
    var place = placeOf(done.row), wasPlace = done.was.indexOf(done.row) + 1;
    if (place === wasPlace) return;
    tellPlace(done.row);
    send(wasPlace ? words("move") : words("take"), [["item", done.row.getAttribute("data-item")], ["place", place], ["revision", words("revision")]], function () {
      if (wasPlace) restore(done.was);
      else { done.home.insertBefore(done.row, done.next); restore(done.was); }
    });
  });
  document.addEventListener("pointercancel", function (event) { if (drag && event.pointerId === drag.id) cancel(); });
  function cancel() {
    home();
    finish();
  }
  function finish() {
    drag.row.classList.remove("dragged");
    order().classList.remove("takes");
    drag.row.focus();
    drag = null;
  }

  // --- the forms of the bench are sent without leaving the page ----------------------------------------------------------
  document.addEventListener("submit", function (event) {
    var form = event.target, button = event.submitter;
    if (!form.hasAttribute("data-live") || event.defaultPrevented || !bench().contains(form)) return;
    event.preventDefault();
    form.removeAttribute("data-sent"); // forms.js holds a form that leaves the page; this one stays
    var values = all("input, select, textarea", form).filter(function (field) {
      return field.name && field.name !== "csrf" && field.name !== "revision" && !field.disabled && (!/^(checkbox|radio)$/.test(field.type) || field.checked);
    }).map(function (field) { return [field.name, field.value]; });
    if (button && button.name) values.push([button.name, button.value]);
    next = { address: form.getAttribute("action"), values: values };
    flush(); // a move that waits goes first
    go();
  });
  function go() {
    if (!next || isSending || waiting) return;
    var form = next;
    next = null;
    send(form.address, form.values.concat([["revision", words("revision")]]), function () { return null; });
  }
  window.addEventListener("beforeunload", flush);
})();

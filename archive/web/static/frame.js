// The frame: keys, the list of keys, the person's menu, and what went wrong with a request of htmx.
// Written for old browsers: no arrow functions, no template strings. Texts come from data- attributes of the page.
(function () {
  "use strict";
  var SWITCH = "juanzong-keys"; // in localStorage: "off" when single keys are switched off (WCAG 2.1.4)
  var html = document.documentElement, body = document.body;
  var juanzong = (window.juanzong = window.juanzong || {});
  var handlers = [], chord = false, chordEnds = 0;

  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }

  // --- who listens to keys ---------------------------------------------------------------------------------------
  function isTyping(target) {
    var tag = target && target.tagName;
    if (tag === "INPUT") return !/^(checkbox|radio|button|submit|reset|image)$/.test(target.type);
    return tag === "SELECT" || tag === "TEXTAREA" || Boolean(target && target.isContentEditable);
  }
  function isComposing(event) { return event.isComposing || event.keyCode === 229; }
  function keysAreOn() { return html.getAttribute("data-single-keys") !== "off"; }
  function setKeys(on) {
    html.setAttribute("data-single-keys", on ? "on" : "off");
    try { on ? localStorage.removeItem(SWITCH) : localStorage.setItem(SWITCH, "off"); } catch (e) { return; } // a browser that stores nothing: until the page is left
  }
  // juanzong.onKey(function (key, event) { … return true if it was yours }): never called while somebody types or composes,
  // with Ctrl, Alt or Meta, in a dialog, or when single keys are switched off. The last one that listens is asked first.
  juanzong.onKey = function (handler) { handlers.unshift(handler); };
  juanzong.isTyping = isTyping;

  document.addEventListener("keydown", function (event) {
    if (isComposing(event)) return;
    if (event.key === "Escape" || event.key === "Esc") return leave(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key.length === 1 && !keysAreOn()) return event.stopImmediatePropagation();
    if (document.querySelector("dialog[open]")) return;
    if (chord) return follow(event);
    for (var i = 0; i < handlers.length; i++) {
      if (handlers[i](event.key, event)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    }
  }, true);

  // --- the common keys -------------------------------------------------------------------------------------------
  juanzong.onKey(function (key) {
    if (key === "?") { show(byId("keys")); return true; }
    if (key === "/" || key === "\u3001") return find();
    if (key === "g" || key === "G") { setChord(true); return true; }
    return false;
  });
  function byId(id) { return document.getElementById(id); }
  function find() {
    var field = document.querySelector(".bar input[type=search]");
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  }
  function setChord(on) {
    chord = on;
    body.classList.toggle("chord", on);
    clearTimeout(chordEnds);
    if (on) chordEnds = setTimeout(function () { setChord(false); }, 4000);
  }
  function follow(event) {
    var key = event.key.toLowerCase();
    if (key === "shift") return;
    setChord(false);
    event.preventDefault();
    event.stopImmediatePropagation();
    var link = key === "0" ? document.querySelector(".bar .brand") : /^[a-z1-9]$/.test(key) && document.querySelector('.menu [data-key="' + key + '"]');
    if (link) link.click();
  }
  function leave(event) {
    if (chord) return setChord(false);
    var open = document.querySelector("dialog[open]"), drop = document.querySelector("details.mine[open]");
    if (open) {
      if (!open.hasAttribute("data-stays")) { event.preventDefault(); hide(open); }
    } else if (drop) {
      drop.open = false;
      drop.querySelector("summary").focus();
    } else if (isTyping(event.target)) {
      if (event.target.type !== "search" || !event.target.value) event.target.blur(); // the first Esc empties a search field
    } else closePreview();
  }

  // --- dialogs: browsers that know none show them as a part of the page ----------------------------------------------
  var returnsTo = null;
  function show(dialog) {
    if (dialog.hasAttribute("open")) return;
    returnsTo = document.activeElement;
    if (dialog.showModal) dialog.showModal();
    else { dialog.setAttribute("open", ""); dialog.setAttribute("tabindex", "-1"); dialog.focus(); dialog.scrollIntoView(); }
  }
  function hide(dialog) {
    if (dialog.close) dialog.close();
    else dialog.removeAttribute("open");
    if (returnsTo && returnsTo.focus) returnsTo.focus();
  }
  juanzong.show = show;
  juanzong.hide = hide;
  document.addEventListener("click", function (event) {
    var target = event.target;
    if (target.closest && target.closest("[data-keys]")) return show(byId("keys"));
    if (target.closest && target.closest("[data-close]")) return hide(target.closest("dialog"));
    if (target.id === "keys") return hide(target); // beside the list
    all("details.mine[open]").forEach(function (drop) { if (!drop.contains(target)) drop.open = false; });
  });
  all("[data-keys][hidden]").forEach(function (button) { button.hidden = false; });
  all("[data-keys-switch]").forEach(function (box) {
    var stored = null;
    try { stored = localStorage.getItem(SWITCH); } catch (e) { stored = null; }
    setKeys(stored !== "off");
    box.checked = keysAreOn();
    box.addEventListener("change", function () { setKeys(box.checked); });
  });

  // --- what waits: asked after the page, at most once a minute; one number stays in sessionStorage -----------
  var COUNTED = "juanzong-to-dos", MINUTE = 60000;
  function counted(login) {
    var kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(COUNTED)); } catch (e) { kept = null; }
    return kept && kept.login === login && Math.abs(Date.now() - kept.at) < MINUTE ? kept : null;
  }
  function keepCounted(kept) {
    try { kept ? sessionStorage.setItem(COUNTED, JSON.stringify(kept)) : sessionStorage.removeItem(COUNTED); } catch (e) { return; } // asked again on the next page
  }
  function showCounted(badge, total) {
    badge.textContent = total > 99 ? "99+" : total;
    badge.hidden = !total;
  }
  function count(badge) {
    var login = badge.getAttribute("data-login"), kept = counted(login);
    if (kept) return showCounted(badge, kept.total);
    var holder = document.createElement("div");
    holder.hidden = true;
    body.appendChild(holder);
    htmx.ajax("GET", badge.getAttribute("data-from"), { source: holder, target: holder, select: "#to-dos", swap: "innerHTML" }).then(function () {
      var list = holder.querySelector("#to-dos");
      body.removeChild(holder);
      if (!list) return;
      kept = { at: Date.now(), login: login, total: Number(list.getAttribute("data-total")) };
      keepCounted(kept);
      showCounted(badge, kept.total);
    }, function () { body.removeChild(holder); });
  }
  document.addEventListener("submit", function (event) {
    if (event.target.method === "post") keepCounted(null); // what was done changes what waits
  });
  if (byId("to-do-count") && window.htmx && window.Promise) count(byId("to-do-count"));

  // --- a list with rows to move through: tr[data-open]; #preview, where there is one, shows the row that she stops at ----
  var STOPS_AFTER = 250; // what she only passes by is neither shown nor logged
  var rows = all("tr[data-open]"), now = -1, showing = 0;
  function go(to) {
    if (!rows.length) return false;
    now = Math.max(0, Math.min(rows.length - 1, to));
    rows.forEach(function (row, at) { at === now ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current"); });
    var link = rows[now].querySelector("[data-row]");
    if (link) link.focus();
    rows[now].scrollIntoView && rows[now].scrollIntoView({ block: "nearest" });
    preview(rows[now].getAttribute("data-open"));
    return true;
  }
  function preview(address) {
    var pane = byId("preview");
    if (!pane || !window.htmx || html.clientWidth < 1000) return;
    clearTimeout(showing);
    showing = setTimeout(function () {
      htmx.ajax("GET", address, { source: pane, target: pane, select: "#main > .head, #main > .columns", swap: "innerHTML" }).then(function () {
        pane.hidden = false;
        pane.parentNode.classList.add("open");
        pane.scrollTop = 0;
      });
    }, STOPS_AFTER);
  }
  function closePreview() {
    var pane = byId("preview");
    if (!pane || pane.hidden) return false;
    pane.hidden = true;
    pane.textContent = "";
    pane.parentNode.classList.remove("open");
    return true;
  }
  juanzong.onKey(function (key, event) {
    if (key === "j" || key === "J" || key === "ArrowDown" || key === "Down") return go(now + 1);
    if (key === "k" || key === "K" || key === "ArrowUp" || key === "Up") return now > 0 && go(now - 1);
    if ((key === "x" || key === "X") && now >= 0) {
      var box = rows[now].querySelector("[data-choice]");
      if (box) box.click();
      return Boolean(box);
    }
    if (key === "Enter" && now >= 0 && event.target === body) { rows[now].querySelector("[data-row]").click(); return true; }
    return false;
  });
  rows.forEach(function (row, at) {
    row.addEventListener("click", function (event) {
      if (!event.target.closest("a, button, input, label, form")) go(at);
    });
    row.addEventListener("focusin", function () { now = at; });
  });

  // --- acts on many rows ----------------------------------------------------------------------------------------------
  all("form[data-bulk]").forEach(function (form) {
    var boxes = all('[data-choice][form="' + form.id + '"]'), every = document.querySelector('[data-choose-all="' + form.id + '"]');
    var told = form.querySelector("[data-idle]"), last = null;
    function tell() {
      var chosen = boxes.filter(function (box) { return box.checked; });
      told.textContent = chosen.length ? form.getAttribute("data-some").replace("{n}", chosen.length) : told.getAttribute("data-idle");
      form.classList.toggle("some", chosen.length > 0);
      all("button", form).forEach(function (button) { button.disabled = !chosen.length; });
      boxes.forEach(function (box) {
        var row = box.closest("tr");
        if (row) row.classList.toggle("chosen", box.checked);
      });
      if (every) {
        every.checked = chosen.length > 0 && chosen.length === boxes.length;
        every.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
      }
    }
    boxes.forEach(function (box, at) {
      box.addEventListener("click", function (event) {
        if (event.shiftKey && last !== null) boxes.slice(Math.min(at, last), Math.max(at, last) + 1).forEach(function (one) { one.checked = box.checked; });
        last = at;
      });
      box.addEventListener("change", tell);
      box.addEventListener("click", tell);
    });
    if (every) {
      every.hidden = false;
      every.addEventListener("change", function () {
        boxes.forEach(function (box) { box.checked = every.checked; });
        tell();
      });
    }
    window.addEventListener("pageshow", tell);
    tell();
  });

  // --- what went wrong is said ---------------------------------------------------------------------------------------
  juanzong.say = function (message) {
    var region = byId("says");
    region.textContent = "";
    setTimeout(function () { region.textContent = message; region.scrollIntoView && region.scrollIntoView({ block: "nearest" }); }, 30);
  };
  function unsay() { byId("says").textContent = ""; }
  function wordsOf(text) {
    var shown = new DOMParser().parseFromString(text || "", "text/html").querySelector(".trouble");
    if (!shown) return "";
    all(".fine", shown).forEach(function (fine) { fine.parentNode.removeChild(fine); });
    return shown.textContent.replace(/\s+/g, " ").trim();
  }
  juanzong.wordsOf = wordsOf;
  document.addEventListener("htmx:beforeRequest", unsay);
  document.addEventListener("htmx:responseError", function (event) {
    var answer = event.detail.xhr;
    if (answer.status === 401) {
      juanzong.signInAgain().then(function (isSignedIn) { if (isSignedIn) juanzong.say(body.getAttribute("data-resumed")); });
    } else juanzong.say(wordsOf(answer.responseText) || body.getAttribute("data-failed"));
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function () { juanzong.say(body.getAttribute("data-lost")); });
  });
  document.addEventListener("htmx:swapError", function () { juanzong.say(body.getAttribute("data-failed")); });
})();

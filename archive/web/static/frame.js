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
    } else if (isTyping(event.target) && event.target.type !== "search") event.target.blur();
    else if (isTyping(event.target) && !event.target.value) event.target.blur();
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

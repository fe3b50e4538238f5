// Uploads in parts from the page: many files, three at once, each with what the server has made durable. What was cut goes on
// by itself; what the browser forgot goes on when the same file is chosen again. Of a file nothing is kept in the browser.
// Without this script, or in a browser that lacks what it needs, the plain form stays. Texts come from data- attributes.
(function () {
  "use strict";
  var form = document.querySelector(".upload-form"), panel = document.getElementById("uploads");
  var AT_ONCE = 3, MOST_FILES = 2000, CHECKED_AT_ONCE = 500, LONGEST_WAIT = 30, MOST_TRIES = 8, REMINDED = 20, STALLED = 60000;
  if (!form || !panel || !window.Promise || !window.FileReader || !window.crypto || !crypto.subtle || !Blob.prototype.slice) return;

  var person = panel.getAttribute("data-person"), token = form.querySelector("input[name=csrf]").value;
  var into = form.querySelector("select[name=into]"), duplicates = form.querySelector("select[name=duplicates]");
  var rows = panel.querySelector("[data-rows]"), pickers = { files: form.querySelector("[data-files]"), folder: form.querySelector("[data-folder]") };
  var uploads = [], pending = [], stacks = {}, claimed = {}, open = null, held = "", dirty = false, STOPPED = { stopped: true };

  function text(name) {
    var words = panel.getAttribute("data-t-" + name) || "", given = arguments;
    return words.replace(/\{(\d)\}/g, function (_, n) { return given[Number(n) + 1]; });
  }
  function part(name) { return panel.querySelector("[data-" + name + "]"); }
  function each(list, act) { Array.prototype.forEach.call(list, act); }
  function show(element, words) { element.textContent = words; element.hidden = !words; }
  function say(words) { show(part("said"), words); panel.hidden = false; }
  function bytes(size) {
    var units = ["B", "KiB", "MiB", "GiB", "TiB"], at = 0;
    while (size >= 1024 && at < 4) { size /= 1024; at++; }
    return (at === 0 || size >= 10 ? size.toFixed(0) : size.toFixed(1)) + " " + units[at];
  }
  function lasting(seconds) {
    if (seconds < 90) return text("seconds", Math.max(1, Math.round(seconds)));
    return seconds < 5400 ? text("minutes", Math.round(seconds / 60)) : text("hours", (seconds / 3600).toFixed(1));
  }

  // --- asking the server -----------------------------------------------------------------------------------------
  // Resolves with the answer; rejects with {status, code, message, remedy}; status 0: no answer came.
  function ask(method, path, options) {
    options = options || {};
    return new Promise(function (resolve, reject) {
      var request = new XMLHttpRequest(), watch = 0;
      function lost() { clearTimeout(watch); reject({ status: 0 }); }
      function watched() {
        clearTimeout(watch);
        if (options.body) watch = setTimeout(function () { request.abort(); }, STALLED);
      }
      request.open(method, "/intake/uploads" + path);
      request.setRequestHeader("Accept", "application/json");
      if (method !== "GET") request.setRequestHeader("X-CSRF-Token", token);
      if (options.json) request.setRequestHeader("Content-Type", "application/json");
      if (options.digest) request.setRequestHeader("Content-Digest", "sha-256=:" + options.digest + ":");
      if (options.progress) request.upload.onprogress = function (event) { watched(); options.progress(event.loaded); };
      request.onerror = request.onabort = request.ontimeout = lost;
      request.onload = function () {
        var answer = null;
        clearTimeout(watch);
        try { answer = JSON.parse(request.responseText); } catch (e) { answer = null; } // a page of a proxy, or of a fault
        if (request.status >= 200 && request.status < 300 && answer) return resolve(answer);
        reject({ status: request.status || 500, code: (answer && answer.code) || "", message: (answer && answer.message) || text("unforeseen"), remedy: (answer && answer.remedy) || "" });
      };
      if (options.held) options.held(request);
      watched();
      request.send(options.json ? JSON.stringify(options.json) : options.body || null);
    });
  }
  // The token of the session that is open now, and what is unfinished.
  function renew() {
    return ask("GET", "").then(function (answer) {
      if (answer.person !== person) throw { status: 401, other: true };
      token = answer.token;
      each(document.querySelectorAll("input[name=csrf]"), function (field) { field.value = token; });
      open = answer.unfinished;
    });
  }

  // --- reading the file ------------------------------------------------------------------------------------------
  function slice(file, from, to) {
    return new Promise(function (resolve, reject) {
      var reader = new FileReader(), size = Math.min(to, file.size) - from;
      reader.onload = function () { reader.result.byteLength === size ? resolve(reader.result) : reject({ changed: true }); };
      reader.onerror = function () { reject({ changed: true }); };
      reader.readAsArrayBuffer(file.slice(from, from + size));
    });
  }
  function digest(content) { return crypto.subtle.digest("SHA-256", content).then(function (sum) { return new Uint8Array(sum); }); }
  function hex(sum) { return Array.prototype.map.call(sum, function (b) { return (b < 16 ? "0" : "") + b.toString(16); }).join(""); }
  function base64(sum) { return btoa(String.fromCharCode.apply(null, sum)); }
  function partOf(u, number) { return slice(u.file, (number - 1) * u.partSize, number * u.partSize); }
  function sizeOf(u, number) { return Math.min(u.partSize, u.size - (number - 1) * u.partSize); }

  // --- one upload, from the first look to the end ----------------------------------------------------------------
  function run(u) {
    var turn = ++u.turn;
    // Whatever was begun before a pause, a cancel or a lost connection ends where it asks this.
    function go(value) { if (u.turn !== turn) throw STOPPED; return value; }
    u.sent = 0;
    set(u, "checking");
    (u.deposit ? Promise.resolve() : found(u, go)).then(go).then(function () { return u.deposit ? null : begin(u, turn); }).then(go)
      .then(function () { set(u, "sending"); return parts(u, 1, go); }).then(go)
      .then(function () { set(u, "finishing"); return ask("POST", "/" + u.deposit + "/finish"); }).then(go)
      .then(function (answer) { ended(u, answer.state === "duplicate" || answer.state === "linked" ? answer.state : "done"); })
      .catch(function (trouble) { if (u.turn === turn && trouble !== STOPPED) troubled(u, trouble); });
  }
  // An upload of the same name, size and content that is not at its end: every part that is there is compared.
  function found(u, go) {
    if (u.isNew) return Promise.resolve();
    return (open ? Promise.resolve() : renew()).then(go).then(function () {
      var fitting = (open || []).filter(function (one) { return one.name === u.name && one.size === u.size && !claimed[one.deposit]; });
      function next() {
        var one = fitting.shift();
        if (!one || claimed[one.deposit]) return one ? next() : null;
        claimed[one.deposit] = u;
        return same(u, one, go).then(function (is) {
          if (is) return takeUp(u, one, is);
          delete claimed[one.deposit];
          return next();
        }, function (trouble) { delete claimed[one.deposit]; throw trouble; });
      }
      return next();
    });
  }
  function same(u, one, go) {
    u.partSize = one.part_size;
    return partOf(u, 1).then(digest).then(go).then(function (sum) {
      if (one.first ? one.first !== hex(sum) : one.kept > 0) return null;
      return ask("GET", "/" + one.deposit).then(go).then(function (answer) {
        if (answer.state !== "receiving") return null;
        var kept = {};
        return answer.kept.reduce(function (before, there) {
          return before.then(function (is) {
            return is && partOf(u, there.number).then(digest).then(go).then(function (mine) {
              kept[there.number] = true;
              return hex(mine) === there.sha256;
            });
          });
        }, Promise.resolve(true)).then(function (is) { return is ? kept : null; });
      });
    });
  }
  function takeUp(u, one, kept) {
    u.deposit = one.deposit;
    u.parts = one.parts;
    u.has = kept;
    u.isFound = true;
    count(u);
    uploads.filter(function (other) { return !other.file && other.deposit === u.deposit; }).forEach(remove);
    u.note = u.kept ? text("goes-on", bytes(u.kept)) : "";
  }
  // The first file of a new stack makes the batch; the others wait for it.
  function begin(u, turn) {
    var stack = u.stack;
    function make() {
      if (u.turn !== turn) throw STOPPED;
      return ask("POST", "", { json: { name: u.name, size: u.size, fonds: stack.batch ? "" : stack.fonds, batch: stack.batch, duplicates: stack.duplicates } }).then(function (answer) {
        claimed[answer.deposit] = u;
        if (!stack.batch) goOnWith(stack, answer.batch);
        if (u.state === "cancelled") { ask("POST", "/" + answer.deposit + "/cancel").catch(nothing); throw STOPPED; }
        u.deposit = answer.deposit;
        u.partSize = answer.part_size;
        u.parts = answer.parts;
        changed();
      }, function (trouble) { open = null; throw trouble; }); // it may have been made all the same
    }
    if (stack.batch) return make();
    var mine = stack.turn.then(make, make);
    stack.turn = mine.catch(nothing);
    return mine;
  }
  // What is chosen next goes into the same batch, and the page says so; another new one is chosen by hand.
  function goOnWith(stack, batch) {
    var option = document.createElement("option");
    stack.batch = batch;
    option.value = "batch:" + batch;
    option.textContent = text("this-batch", stack.fonds);
    into.appendChild(option);
    if (into.value === "fonds:" + stack.fonds) into.value = option.value;
    stacks = {};
    choose();
  }
  function nothing() { return null; }
  function parts(u, number, go) {
    if (number > u.parts) return null;
    if (u.has[number]) return parts(u, number + 1, go);
    return partOf(u, number).then(go).then(function (content) {
      return digest(content).then(go).then(function (sum) {
        return ask("PUT", "/" + u.deposit + "/parts/" + number, {
          body: content, digest: base64(sum),
          held: function (request) { u.request = request; },
          progress: function (sent) { u.sent = Math.min(sent, content.byteLength); u.note = ""; dirty = true; }
        });
      });
    }).then(function () {
      u.has[number] = true; // also where it was paused meanwhile: it is there
      count(u);
      go();
      u.sent = 0;
      u.tries = 0;
      return parts(u, number + 1, go);
    });
  }
  function count(u) {
    u.kept = Object.keys(u.has).reduce(function (sum, number) { return sum + sizeOf(u, Number(number)); }, 0);
    dirty = true;
  }

  // --- what goes wrong -------------------------------------------------------------------------------------------
  function troubled(u, trouble) {
    u.sent = 0;
    if (trouble.changed) {
      forget(u);
      return ended(u, "failed", text("changed"));
    }
    if (trouble.status === 401) return hold(u, trouble.other);
    if (trouble.code === "forged_form" && !u.isRenewed) {
      u.isRenewed = true;
      return renew().then(function () { set(u, "waiting"); pump(); }, function (other) { troubled(u, other); });
    }
    if (trouble.code === "conflict" && u.isFound) { // somebody else goes on with what we took for ours
      u.deposit = null; u.has = {}; u.kept = 0; u.isFound = false; u.isNew = true;
      set(u, "waiting");
      return pump();
    }
    var passes = trouble.status === 0 || trouble.status >= 500 || trouble.status === 429 || (trouble.code === "upload_cut" && u.tries < MOST_TRIES);
    if (passes) return later(u, trouble);
    if (trouble.status === undefined) return ended(u, "failed", text("unforeseen"));
    ended(u, "failed", trouble.message + " " + trouble.remedy);
  }
  function later(u, trouble) {
    var seconds = Math.min(LONGEST_WAIT, Math.pow(2, u.tries));
    u.tries++;
    u.why = trouble.status === 0 || !trouble.message ? "" : trouble.message + " " + trouble.remedy;
    u.until = Date.now() + seconds * 1000;
    set(u, "lost");
    u.timer = setTimeout(function () { if (u.state === "lost") { set(u, "waiting"); pump(); } }, seconds * 1000);
    pump();
  }
  function hold(u, isOther) {
    held = text(isOther ? "other-person" : "signed-out");
    uploads.forEach(function (one) { if (isActive(one)) { stop(one); set(one, "waiting"); } });
    set(u, "waiting");
    show(part("held").querySelector("span"), held);
    part("held").hidden = false;
    if (!isOther && window.juanzong && juanzong.signInAgain && !document.querySelector("dialog[open]")) juanzong.signInAgain().then(askAgain, nothing);
  }
  function askAgain() {
    if (!held) return;
    renew().then(function () {
      var again = document.querySelector("#again[open]"); // signed in elsewhere meanwhile
      if (again && juanzong.hide) juanzong.hide(again);
      held = "";
      part("held").hidden = true;
      pump();
    }, nothing);
  }
  setInterval(askAgain, 4000);
  window.addEventListener("focus", askAgain);
  window.addEventListener("online", function () {
    uploads.forEach(function (u) { if (u.state === "lost") set(u, "waiting"); });
    pump();
  });
  function stop(u) {
    u.turn++;
    clearTimeout(u.timer);
    if (u.request) u.request.abort();
    u.request = null;
    u.sent = 0;
  }
  function forget(u) { if (u.deposit) ask("POST", "/" + u.deposit + "/cancel").then(changed, nothing); }

  // --- what the person does --------------------------------------------------------------------------------------
  var acts = {
    pause: function (u) { stop(u); set(u, "paused"); pump(); },
    "continue": function (u) { u.tries = 0; set(u, "waiting"); pump(); },
    retry: function (u) { acts["continue"](u); },
    choose: function () { pickers.files.click(); },
    cancel: function (u) { stop(u); forget(u); ended(u, "cancelled"); }
  };
  var MAY = {
    waiting: ["pause", "cancel"], checking: ["pause", "cancel"], sending: ["pause", "cancel"], lost: ["retry", "pause", "cancel"],
    paused: ["continue", "cancel"], resume: ["choose", "cancel"], finishing: [], done: [], duplicate: [], linked: [], cancelled: [], failed: []
  };
  function isActive(u) { return u.state === "checking" || u.state === "sending" || u.state === "finishing"; }
  function isOver(u) { return MAY[u.state].length === 0 && u.state !== "finishing"; }
  function pump() {
    dirty = true;
    if (held) return;
    var running = uploads.filter(isActive).length;
    uploads.forEach(function (u) { if (running < AT_ONCE && u.state === "waiting") { running++; run(u); } });
  }
  function set(u, state) { u.state = state; dirty = true; }
  function ended(u, state, why) {
    u.why = why || "";
    if (state === "done" || state === "duplicate" || state === "linked") u.kept = u.size;
    u.file = null;
    u.sent = 0;
    if (state === "failed") rows.insertBefore(u.row.line, rows.firstChild); // where it is seen
    set(u, state);
    changed();
    pump();
  }
  var changing = 0;
  function changed() {
    clearTimeout(changing);
    changing = setTimeout(function () { if (window.juanzong && juanzong.freshBoard) juanzong.freshBoard(); }, 700);
  }
  window.addEventListener("beforeunload", function (event) {
    if (!uploads.some(function (u) { return u.file && !isOver(u); })) return;
    event.preventDefault();
    event.returnValue = "";
  });

  // --- choosing --------------------------------------------------------------------------------------------------
  function isOfTheSystem(name) { return /^(thumbs\.db|desktop\.ini|\.ds_store|\._.*)$/i.test(name); }
  function take(files) {
    var wanted = files.filter(function (file) { return !isOfTheSystem(file.name); });
    say("");
    part("told").textContent = wanted.length < files.length ? text("skipped", files.length - wanted.length) : "";
    if (!files.length) return say(text("nothing"));
    if (wanted.length > MOST_FILES) say(text("many", MOST_FILES));
    pending = pending.concat(wanted.slice(0, MOST_FILES));
    start();
  }
  function start() {
    if (!pending.length) return;
    if (!into.value) {
      say(text("into"));
      return into.focus();
    }
    var stack = stackOf(into.value), added = pending.map(function (file) { return add(file, stack); });
    pending = [];
    say("");
    open = null;
    check(added, 0);
  }
  function stackOf(value) {
    var kind = value.slice(0, value.indexOf(":")), of = value.slice(kind.length + 1);
    if (kind === "batch") return { batch: of, fonds: "", duplicates: "ask", turn: Promise.resolve() };
    var key = value + " " + duplicates.value;
    stacks[key] = stacks[key] || { batch: null, fonds: of, duplicates: duplicates.value, turn: Promise.resolve() };
    return stacks[key];
  }
  // Before a byte is sent: what can never be taken in, in the words of the server.
  function check(added, from) {
    var some = added.slice(from, from + CHECKED_AT_ONCE);
    if (!some.length) return;
    var files = some.map(function (u) { return { name: u.name, size: u.size }; });
    ask("POST", "/check", { json: { files: files } }).then(function (answer) {
      answer.troubles.forEach(function (trouble, at) {
        if (trouble && !isOver(some[at])) ended(some[at], "failed", text("not-sent") + "：" + trouble.message + " " + trouble.remedy);
      });
    }, nothing).then(function () { // where it could not be asked, the beginning of each says it
      some.forEach(function (u) { if (u.state === "new") set(u, "waiting"); });
      pump();
      check(added, from + CHECKED_AT_ONCE);
    });
  }
  function add(file, stack) {
    var name = file.name.normalize ? file.name.normalize("NFC") : file.name;
    return put({ file: file, name: name, size: file.size, stack: stack, state: "new" });
  }
  function put(u) {
    u.turn = u.tries = u.kept = u.sent = u.rate = u.seen = 0;
    u.has = u.has || {};
    u.why = u.note = "";
    u.row = row(u);
    uploads.push(u);
    panel.hidden = false;
    dirty = true;
    return u;
  }
  MAY["new"] = ["cancel"];
  function remove(u) {
    uploads.splice(uploads.indexOf(u), 1);
    rows.removeChild(u.row.line);
    dirty = true;
  }
  ["files", "folder"].forEach(function (kind) {
    pickers[kind].addEventListener("change", function () {
      var files = Array.prototype.slice.call(pickers[kind].files);
      pickers[kind].value = ""; // so that the same file can be chosen again
      if (kind === "folder") files.sort(function (a, b) { return inOrder(a.webkitRelativePath, b.webkitRelativePath); });
      take(files);
    });
    form.querySelector("[data-pick=" + kind + "]").addEventListener("click", function () { pickers[kind].click(); });
  });
  if ("webkitdirectory" in pickers.folder) pickers.folder.webkitdirectory = true;
  else form.querySelector("[data-pick=folder]").hidden = true;
  function inOrder(a, b) { return a.localeCompare(b, "zh-CN", { numeric: true }); }
  into.addEventListener("change", function () {
    stacks = {}; // choosing "a new one" again means another one
    choose();
    start();
  });
  function choose() { duplicates.disabled = into.value.indexOf("batch:") === 0; }
  form.addEventListener("submit", function (event) { event.preventDefault(); event.stopPropagation(); });
  if (window.juanzong && juanzong.onKey) juanzong.onKey(function (key) {
    if (key !== "u" && key !== "U") return false;
    pickers.files.click();
    return true;
  });

  // --- dragging, anywhere on the page -----------------------------------------------------------------------------
  var veil = document.querySelector("[data-drop]"), depth = 0;
  function holdsFiles(event) { return event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, "Files") >= 0; }
  function unveil() { depth = 0; veil.hidden = true; }
  document.addEventListener("dragenter", function (event) { if (holdsFiles(event)) { event.preventDefault(); depth++; veil.hidden = false; } });
  document.addEventListener("dragover", function (event) { if (holdsFiles(event)) { event.preventDefault(); event.dataTransfer.dropEffect = "copy"; } });
  document.addEventListener("dragleave", function (event) { if (holdsFiles(event) && --depth <= 0) unveil(); });
  document.addEventListener("drop", function (event) {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    unveil();
    dropped(event.dataTransfer).then(take);
  });
  function dropped(transfer) {
    var plain = Array.prototype.slice.call(transfer.files);
    var entries = Array.prototype.map.call(transfer.items || [], function (item) { return item.webkitGetAsEntry && item.webkitGetAsEntry(); });
    if (!entries.length || entries.some(function (entry) { return !entry; })) return Promise.resolve(plain);
    return within(entries);
  }
  // Files of folders in the order of their names, numbers by their value: 2 before 10.
  function within(entries) {
    return Promise.all(entries.map(function (entry) {
      return new Promise(function (resolve) {
        if (entry.isFile) return entry.file(function (file) { resolve([file]); }, function () { resolve([]); });
        listed(entry.createReader(), [], function (inside) {
          inside.sort(function (a, b) { return inOrder(a.name, b.name); });
          within(inside).then(resolve);
        });
      });
    })).then(function (lists) { return Array.prototype.concat.apply([], lists); });
  }
  function listed(reader, sofar, done) { // a reader gives a hundred at a time
    reader.readEntries(function (some) { some.length ? listed(reader, sofar.concat(some), done) : done(sofar); }, function () { done(sofar); });
  }

  // --- what is shown ---------------------------------------------------------------------------------------------
  function element(name, className, parent) {
    var made = document.createElement(name);
    made.className = className;
    parent.appendChild(made);
    return made;
  }
  function row(u) {
    var line = element("li", "", rows), it = { line: line, buttons: {} };
    element("span", "name", line).textContent = u.name;
    it.bar = element("span", "bar-of", line);
    it.bar.setAttribute("role", "progressbar");
    it.bar.setAttribute("aria-label", u.name);
    it.bar.setAttribute("aria-valuemin", "0");
    it.bar.setAttribute("aria-valuemax", "100");
    it.sent = element("span", "sent", it.bar);
    it.kept = element("span", "kept", it.bar);
    it.words = element("span", "words", line);
    it.acts = element("span", "acts", line);
    Object.keys(acts).forEach(function (name) {
      var button = it.buttons[name] = element("button", "", it.acts);
      button.type = "button";
      button.hidden = true;
      button.textContent = text(name);
      button.setAttribute("aria-label", text(name) + " " + u.name);
      button.addEventListener("click", function () { if (MAY[u.state].indexOf(name) >= 0) acts[name](u); });
    });
    return it;
  }
  function words(u) {
    var moving = text("kept", bytes(u.kept), bytes(u.kept + u.sent), bytes(u.size));
    if (u.state === "failed") return u.why;
    if (u.state === "new" || u.state === "waiting") return text("waiting");
    if (u.state === "lost") return navigator.onLine === false ? text("offline") : (u.why ? u.why + " " : "") + text("lost", Math.max(0, Math.ceil((u.until - Date.now()) / 1000)));
    if (u.state === "paused") return text("paused") + "　" + moving;
    if (u.state === "resume") return text("resume", bytes(u.kept), bytes(u.size));
    if (u.state === "done") return text("done") + "　" + bytes(u.size);
    if (u.state !== "sending") return text(u.state);
    if (u.note) return u.note;
    return moving + (u.rate > 0 && u.size - u.kept - u.sent > 0 ? "　" + text("left", lasting((u.size - u.kept - u.sent) / u.rate)) : "");
  }
  function draw(u) {
    var it = u.row, said = words(u), kept = u.size ? 100 * u.kept / u.size : 0;
    it.line.className = u.state;
    if (it.words.textContent !== said) it.words.textContent = said;
    it.kept.style.width = kept + "%";
    it.sent.style.width = (u.size ? 100 * (u.kept + u.sent) / u.size : 0) + "%";
    it.bar.setAttribute("aria-valuenow", String(Math.floor(kept)));
    it.bar.hidden = u.state === "failed" || u.state === "cancelled";
    Object.keys(it.buttons).forEach(function (name) {
      var button = it.buttons[name], may = MAY[u.state].indexOf(name) >= 0;
      if (!may && document.activeElement === button) panel.querySelector("[data-all=clear]").focus();
      button.hidden = !may;
    });
  }
  function sum(of) { return uploads.reduce(function (total, u) { return total + of(u); }, 0); }
  function drawAll() {
    var own = uploads.filter(function (u) { return u.state !== "resume" && u.state !== "cancelled"; });
    var failed = own.filter(function (u) { return u.state === "failed"; }).length, rate = sum(function (u) { return isActive(u) ? u.rate : 0; });
    var going = own.filter(function (u) { return u.state !== "failed"; }), done = going.filter(isOver).length;
    var total = 0, kept = 0, left = 0;
    going.forEach(function (u) { total += u.size; kept += u.kept; if (!isOver(u)) left += u.size - u.kept - u.sent; });
    var said = [];
    if (own.length) said.push(text("all", done, own.length, bytes(kept), bytes(total)));
    if (rate > 0 && left > 0) said.push(text("left", lasting(left / rate)));
    if (failed) said.push(text("failed", failed));
    part("sum").textContent = said.join("　");
    uploads.forEach(draw);
    function any(states) { return uploads.some(function (u) { return states.indexOf(u.state) >= 0; }); }
    panel.querySelector("[data-all=pause]").hidden = !any(["new", "waiting", "checking", "sending", "lost"]);
    panel.querySelector("[data-all=continue]").hidden = !any(["paused"]);
    panel.querySelector("[data-all=cancel]").hidden = !any(["new", "waiting", "checking", "sending", "lost", "paused"]);
    panel.querySelector("[data-all=clear]").hidden = !uploads.some(isOver);
    if (!uploads.length && part("said").hidden && !part("told").textContent) panel.hidden = true;
  }
  setInterval(function () {
    if (!dirty && !uploads.some(function (u) { return u.state === "lost"; })) return;
    dirty = false;
    drawAll();
  }, 200);
  setInterval(function () { // bytes a second, of the last few seconds above all
    uploads.forEach(function (u) {
      var now = u.kept + u.sent, gone = Math.max(0, now - u.seen);
      u.rate = u.state === "sending" ? (u.rate ? 0.7 * u.rate + 0.3 * gone : gone) : 0;
      u.seen = now;
      if (u.state === "sending") dirty = true;
    });
  }, 1000);
  each(panel.querySelectorAll("[data-all]"), function (button) {
    var what = button.getAttribute("data-all");
    button.addEventListener("click", function () {
      if (what === "cancel" && !window.confirm(text("sure"))) return;
      if (what === "clear") part("told").textContent = "";
      uploads.slice().forEach(function (u) {
        if (what === "clear") return isOver(u) && remove(u);
        if (u.state === "resume" || (what === "continue" && u.state !== "paused")) return;
        if (MAY[u.state].indexOf(what) >= 0) acts[what](u);
      });
      dirty = true;
    });
  });

  // --- the beginning ---------------------------------------------------------------------------------------------
  form.querySelector("[data-plain]").hidden = true;
  each(form.querySelectorAll("[data-plain] input, [data-plain] button"), function (control) { control.disabled = true; });
  form.querySelector("[data-choose]").hidden = false;
  choose();
  renew().then(function () {
    open.slice(0, REMINDED).forEach(function (one) {
      if (claimed[one.deposit]) return;
      var u = put({ file: null, name: one.name, size: one.size, deposit: one.deposit, partSize: one.part_size, parts: one.parts, state: "resume" });
      u.kept = Math.min(one.kept * one.part_size, one.size);
    });
  }, nothing); // asked again when a file is chosen
})();

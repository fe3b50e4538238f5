// The board stays fresh while something moves, without losing what is marked, focused or scrolled to. Its buttons do their work
// without leaving the page: uploads go on meanwhile. Without this script they are plain forms.
(function () {
  "use strict";
  var EVERY = 3000, said = document.querySelector("[data-board-said]"), asking = false, again = false, juanzong = (window.juanzong = window.juanzong || {});
  if (!document.getElementById("deposits") || !window.DOMParser) return;

  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function board() { return document.getElementById("deposits"); }
  function ask(method, address, body, done) {
    var request = new XMLHttpRequest();
    request.open(method, address);
    if (body !== null) request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.onload = function () { done(new DOMParser().parseFromString(request.responseText, "text/html")); };
    request.onerror = function () { done(null); };
    request.send(body);
  }

  // --- fresh -----------------------------------------------------------------------------------------------------
  function refresh() {
    if (asking) { again = true; return; }
    asking = true;
    ask("GET", board().getAttribute("data-from"), null, function (page) {
      var fresh = page && page.getElementById("deposits"); // none: signed out, or the server is away; then it stays as it is
      asking = false;
      if (fresh) replace(fresh);
      if (again) { again = false; refresh(); }
    });
  }
  juanzong.freshBoard = refresh;
  function replace(fresh) {
    var old = board(), marked = {}, focused = place(document.activeElement), scroll = old.querySelector(".scroll"), left = scroll ? scroll.scrollLeft : 0;
    all("input[name=deposits]:checked", old).forEach(function (box) { marked[box.value] = true; });
    old.parentNode.replaceChild(document.importNode(fresh, true), old);
    boxes().forEach(function (box) { box.checked = Boolean(marked[box.value]); });
    scroll = board().querySelector(".scroll");
    if (scroll) scroll.scrollLeft = left;
    focus(focused);
    count();
  }
  // Where the focus is: the row and the label of what has it; else its place among what can be focused.
  var CONTROLS = "a[href], button, input";
  function place(active) {
    if (!active || !board().contains(active)) return null;
    var row = active.closest("tr[id]"), root = row || board();
    return { row: row && row.id, at: all(CONTROLS, root).indexOf(active), name: active.tagName + active.textContent };
  }
  function focus(place) {
    if (!place) return;
    var root = place.row ? document.getElementById(place.row) : board(), controls = root ? all(CONTROLS, root) : [];
    var there = controls.filter(function (one) { return one.tagName + one.textContent === place.name; });
    var found = controls[place.at] && there.indexOf(controls[place.at]) >= 0 ? controls[place.at] : there[0];
    if (found) found.focus();
  }
  setInterval(function () { if (!document.hidden && board().hasAttribute("data-moving")) refresh(); }, EVERY);
  document.addEventListener("visibilitychange", function () { if (!document.hidden && board().hasAttribute("data-moving")) refresh(); });

  // --- marking ---------------------------------------------------------------------------------------------------
  function boxes() { return all("input[name=deposits]", board()); }
  function count() {
    var marked = boxes().filter(function (box) { return box.checked; }).length, many = board().querySelector(".many");
    var whole = board().querySelector("[data-check-all]"), words = many && many.querySelector("[data-checked]");
    if (!many) return;
    many.hidden = whole.hidden = boxes().length === 0;
    board().querySelector("[data-no-script]").hidden = !whole.hidden;
    whole.checked = marked > 0 && marked === boxes().length;
    whole.indeterminate = marked > 0 && marked < boxes().length;
    idle = idle || words.textContent;
    words.textContent = marked ? many.getAttribute("data-t-checked").replace("{0}", marked) : idle;
    many.classList.toggle("some", marked > 0);
    all("button", many).forEach(function (button) { button.disabled = marked === 0; });
    boxes().forEach(function (box) { box.closest("tr").classList.toggle("chosen", box.checked); });
  }
  var idle = "", last = null;
  document.addEventListener("click", function (event) { // Shift: all from the last one that was pressed
    if (event.target.name !== "deposits" || !board().contains(event.target)) return;
    var of = boxes(), at = of.indexOf(event.target), from = of.map(function (box) { return box.value; }).indexOf(last);
    if (event.shiftKey && from >= 0) of.slice(Math.min(at, from), Math.max(at, from) + 1).forEach(function (box) { box.checked = event.target.checked; });
    last = event.target.value;
    count();
  });
  document.addEventListener("change", function (event) {
    if (event.target.hasAttribute && event.target.hasAttribute("data-check-all")) {
      boxes().forEach(function (box) { box.checked = event.target.checked; });
    }
    if (board().contains(event.target)) count();
  });
  count();

  // --- doing -----------------------------------------------------------------------------------------------------
  function fields(form, button) {
    var pairs = all("input, select", form).concat(form.id ? all('input[form="' + form.id + '"]') : []).filter(function (one) {
      return one.name && !one.disabled && (one.type !== "checkbox" || one.checked);
    }).map(function (one) { return [one.name, one.value]; });
    if (button && button.name) pairs.push([button.name, button.value]);
    return pairs.map(function (pair) { return encodeURIComponent(pair[0]) + "=" + encodeURIComponent(pair[1]); }).join("&");
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || !said || !(form.id === "many" || board().contains(form))) return;
    event.preventDefault();
    ask("POST", form.getAttribute("action"), fields(form, event.submitter || document.activeElement), function (page) {
      delete form.dataset.sent;
      tell(page);
      refresh();
    });
  });
  function tell(page) {
    var words = page && page.querySelector(".notice:not([hidden]), .trouble:not([hidden])");
    said.className = words ? words.className : "trouble";
    said.textContent = words ? words.textContent.replace(/\s+/g, " ").trim() : said.getAttribute("data-t-lost");
    said.hidden = false;
  }
})();

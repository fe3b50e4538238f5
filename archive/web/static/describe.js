/* The description form: offers while one types, proposals that are taken over, words outlined on the page.
   Without this script the fields are plain, and "take" is a button of the same form. */
(function () {
  "use strict";
  var form = document.querySelector("[data-describe]");
  if (!form) { return; }
  var said = form.querySelector("[data-said]");
  var WAIT = 350;
  var FEWEST = 2;

  function tell(text) { said.textContent = text; }
  function each(list, act) { Array.prototype.forEach.call(list, act); }
  function composes(event) { return event.isComposing || event.keyCode === 229; }

  /* --- offers: a combobox with a list box (ARIA 1.2) --- */

  var numberOfList = 0;

  function combobox(input) {
    var list = document.createElement("ul");
    var asked = "";       /* what was last asked for */
    var answer = null;    /* its options; "whole" when none was left away */
    var waiting = null;
    var at = -1;
    var words = Array.prototype.slice.call((input.list || { options: [] }).options).map(function (one) {
      var option = document.createElement("li");
      option.setAttribute("data-value", one.value);
      option.textContent = one.value;
      return option;
    });
    list.id = "offers-" + (numberOfList += 1);
    list.className = "offers";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.getAttribute("data-list"));
    list.hidden = true;
    input.parentNode.parentNode.appendChild(list);
    input.removeAttribute("list");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    function options() { return list.querySelectorAll("li"); }

    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function point(place) {
      var all = options();
      if (!all.length) { return; }
      at = (place + all.length) % all.length;
      each(all, function (one, n) { one.setAttribute("aria-selected", n === at ? "true" : "false"); });
      all[at].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", all[at].id);
    }

    function pick(option) {
      var volume = option.getAttribute("data-uid");
      input.value = option.getAttribute("data-value");
      close();
      if (volume) { choose(volume, option.textContent); }
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function show() {
      var typed = input.value.trim().toLowerCase();
      var shown = {};
      list.textContent = "";
      words.concat(answer ? answer.options : []).forEach(function (one) {
        if (shown[one.getAttribute("data-value")]) { return; }
        if ((typed !== asked || words.indexOf(one) >= 0) && one.getAttribute("data-value").toLowerCase().indexOf(typed) < 0) { return; }
        if (one.getAttribute("data-value") === input.value) { return; }
        shown[one.getAttribute("data-value")] = true;
        var option = document.importNode(one, true);
        option.id = list.id + "-" + list.children.length;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        list.appendChild(option);
      });
      at = -1;
      list.hidden = !list.children.length || document.activeElement !== input;
      input.setAttribute("aria-expanded", list.hidden ? "false" : "true");
    }

    function ask() {
      var typed = input.value.trim().toLowerCase();
      if (words.length && typed) { show(); }
      if (typed.length < FEWEST) {
        if (!words.length || !typed) { close(); }
        return;
      }
      if (answer && answer.whole && typed.indexOf(asked) === 0) { show(); return; }
      fetch(form.getAttribute("data-from") + "?field=" + encodeURIComponent(input.getAttribute("data-suggest")) +
        "&text=" + encodeURIComponent(typed.slice(0, 100)), { credentials: "same-origin" }).then(function (got) {
        return got.ok ? got.text() : null;
      }).then(function (text) {
        if (text === null || input.value.trim().toLowerCase() !== typed) { return; }
        var found = new DOMParser().parseFromString(text, "text/html").querySelector("ul");
        asked = typed;
        answer = { whole: found.getAttribute("data-whole") === "yes",
          options: Array.prototype.slice.call(found.querySelectorAll("li")) };
        show();
      }).catch(close);
    }

    input.addEventListener("input", function (event) {
      if (composes(event)) { return; }
      clearTimeout(waiting);
      waiting = setTimeout(ask, WAIT);
    });
    input.addEventListener("compositionend", function () {
      clearTimeout(waiting);
      waiting = setTimeout(ask, WAIT);
    });
    input.addEventListener("keydown", function (event) {
      if (composes(event) || list.hidden || event.ctrlKey || event.altKey || event.metaKey) { return; }
      if (event.key === "ArrowDown") { point(at + 1); }
      else if (event.key === "ArrowUp") { point(at < 0 ? -1 : at - 1); }
      else if (event.key === "Enter" && at >= 0) { pick(options()[at]); }
      else if (event.key === "Escape") { close(); }
      else { return; }
      event.preventDefault();
      event.stopPropagation();
    });
    input.addEventListener("blur", function () { setTimeout(close, 150); });
    list.addEventListener("mousedown", function (event) {
      var option = event.target.closest("li");
      event.preventDefault();
      if (option) { pick(option); }
    });
  }

  /* a volume that was found is chosen in the list, and put there when it is too old to be offered */
  function choose(volume, text) {
    var select = form.elements.volume;
    var there = Array.prototype.some.call(select.options, function (one) { return one.value === volume; });
    if (!there) { select.add(new Option(text.trim(), volume)); }
    select.value = volume;
  }

  each(form.querySelectorAll("[data-script]"), function (part) { part.hidden = false; });
  each(form.querySelectorAll("[data-suggest]"), combobox);

  /* --- what is too long is told, and not cut off --- */

  function measure(field) {
    var most = Number(field.getAttribute("data-most"));
    var note = field.closest(".field").querySelector(".too-long");
    var over = field.value.length > most;
    if (over && !note) {
      note = document.createElement("small");
      note.className = "too-long";
      note.setAttribute("role", "alert");
      field.closest(".field").appendChild(note);
    }
    if (note) {
      note.textContent = over ? form.getAttribute("data-too-long").replace("{n}", field.value.length).replace("{most}", most) : "";
    }
    field.classList.toggle("over", over);
  }

  form.addEventListener("input", function (event) {
    if (event.target.hasAttribute("data-most")) { measure(event.target); }
  });

  /* --- proposals --- */

  function named(name) { return form.elements[name]; }

  function rowOf(kind, fits) {
    var row = 1;
    while (named(kind + row + "_" + (kind === "person" ? "name" : "value"))) {
      if (fits(row)) { return row; }
      row += 1;
    }
    return 0;
  }

  function put(field, value) {
    if (!field) { return; }
    var folded = field.closest("details");
    if (folded) { folded.open = true; }
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function emptyPerson(row) {
    return !named("person" + row + "_name").value && !named("person" + row + "_id_no").value;
  }

  function take(button) {
    var parts = button.value.split(":");
    var field = parts[0];
    var detail = parts[1];
    var value = parts.slice(2).join(":");
    var chip = button.closest(".chip");
    var row;
    if (field === "name") {
      var part = detail ? chip.querySelector(".dim").textContent : "";
      row = rowOf("person", function (n) {
        var there = named("person" + n + "_part").value;
        return named("person" + n + "_name").value === value && (!there || there === part);
      }) || rowOf("person", emptyPerson);
      put(named("person" + row + "_name"), value);
      if (part) { put(named("person" + row + "_part"), part); }
    } else if (field === "id_no") {
      row = rowOf("person", function (n) {
        return named("person" + n + "_id_no").value === value ||
          (named("person" + n + "_name").value && !named("person" + n + "_id_no").value);
      }) || rowOf("person", emptyPerson);
      put(named("person" + row + "_id_no"), value);
    } else if (field === "number") {
      row = rowOf("number", function (n) { return named("number" + n + "_value").value === value; }) ||
        rowOf("number", function (n) { return !named("number" + n + "_value").value; });
      put(named("number" + row + "_kind"), detail);
      put(named("number" + row + "_value"), value);
    } else {
      put(named(field), field === "doc_type" ? chip.querySelector("b").textContent : value);
    }
    chip.classList.add("taken");
    tell(form.getAttribute("data-taken"));
    outline(chip.querySelector("[data-page]"));
  }

  /* --- words on the page --- */

  /* the form beside the pages stays where it is */
  function scrollTo(shape) {
    var box = document.querySelector(".leaves-beside");
    if (box.scrollHeight > box.clientHeight) {
      box.scrollTop += shape.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    } else {
      shape.scrollIntoView({ block: "center" });
    }
  }

  function outline(link) {
    var sheet = document.getElementById("leaf-" + link.getAttribute("data-page"));
    if (!sheet) { return false; }
    each(document.querySelectorAll(".side svg.hits"), function (svg) { svg.textContent = ""; });
    var svg = sheet.querySelector("svg.hits");
    link.getAttribute("data-points").split(";").forEach(function (points) {
      var shape = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
      shape.setAttribute("points", points);
      svg.appendChild(shape);
    });
    scrollTo(svg.querySelector("polygon") || sheet);
    return true;
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-page]");
    var button = event.target.closest("button[name=take]");
    if (button) {
      event.preventDefault();
      take(button);
    } else if (link && !event.ctrlKey && !event.metaKey && outline(link)) {
      event.preventDefault();
    }
  });

  /* --- keys --- */

  form.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && composes(event)) { event.preventDefault(); }
  });

  document.addEventListener("keydown", function (event) {
    if (composes(event)) { return; }
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      form.querySelector(".saving .primary").click();
      return;
    }
    var digit = event.altKey && !event.ctrlKey && /^Digit([1-9])$/.exec(event.code || "");
    var button = digit && document.querySelector("[data-nth='" + digit[1] + "']");
    if (button) {
      event.preventDefault();
      take(button);
    }
  });
})();

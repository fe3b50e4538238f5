// The reader: zoom, keys, hits. Turning a page follows the page's own links, so each page shown is asked for once and by a person.
"use strict";
(function () {
  var sheet = document.querySelector(".sheet");
  if (!sheet) return;
  var KEPT = "juanzong-zoom", STEP = 1.25, LEAST = 20, MOST = 400, SETTLE = 1500;
  var figures = Array.prototype.slice.call(sheet.querySelectorAll("figure"));
  var hits = Array.prototype.slice.call(sheet.querySelectorAll(".hits polygon"));
  var mode = kept() || "width", percent = 100, at = -1, typed = "", clearing = 0;
  document.body.classList.add("scripted");

  // --- zoom: "width", "page", or hundredths of the image's own pixels ----------------------------------------------
  function kept() { try { return sessionStorage.getItem(KEPT); } catch (e) { return null; } }
  function keep() { try { sessionStorage.setItem(KEPT, mode); } catch (e) { return; } } // a browser that stores nothing
  function room() {
    var style = getComputedStyle(sheet), gaps = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    var wide = sheet.clientWidth - gaps - 12 * (figures.length - 1);
    return { wide: wide / Math.max(1, figures.length), high: sheet.clientHeight - gaps };
  }
  function size(figure) { return { wide: Number(figure.dataset.width), high: Number(figure.dataset.height) }; }
  // The sheet is a window down to the foot of the screen, whatever stands above it; in a single column, most of a screen.
  function stretch() {
    var top = sheet.getBoundingClientRect().top + (window.pageYOffset || 0);
    sheet.style.height = (innerWidth > 900 ? Math.max(360, innerHeight - top - 12) : Math.max(240, 0.8 * innerHeight)) + "px";
  }
  function draw() {
    stretch();
    var space = room();
    figures.forEach(function (figure) {
      var own = size(figure), wide = own.wide * percent / 100;
      if (mode === "width") wide = space.wide;
      if (mode === "page") wide = Math.min(space.wide, space.high * own.wide / own.high);
      figure.style.setProperty("--page-width", Math.floor(wide) + "px");
      if (mode === "width" || mode === "page") percent = Math.round(100 * wide / own.wide);
    });
    var shown = document.querySelector("[data-zoom-shown]");
    shown.textContent = percent + "%";
  }
  function zoom(what) {
    if (what === "+" || what === "-") {
      percent = what === "+" ? Math.max(percent, Math.min(MOST, percent * STEP)) : Math.min(percent, Math.max(LEAST, percent / STEP));
      percent = Math.round(percent);
      mode = String(percent);
    } else {
      mode = what;
      if (Number(what)) percent = Number(what);
    }
    keep();
    draw();
  }
  if (Number(mode)) percent = Number(mode);
  document.querySelector(".zoom").hidden = false;
  document.querySelectorAll("[data-zoom]").forEach(function (button) {
    button.addEventListener("click", function () { zoom(button.dataset.zoom); });
  });
  addEventListener("resize", draw);

  // --- turning -----------------------------------------------------------------------------------------------------
  function follow(name, place) {
    var link = document.querySelector('main [data-key="' + name + '"]');
    if (!link || !link.href) return true;
    location.assign(link.href + (place ? "#" + place : ""));
    return true;
  }
  function scroll(x, y, otherwise) {
    var left = sheet.scrollLeft, top = sheet.scrollTop;
    sheet.scrollLeft += x;
    sheet.scrollTop += y;
    return (sheet.scrollLeft !== left || sheet.scrollTop !== top) ? true : follow(otherwise);
  }
  function strip(number) {
    var links = document.querySelectorAll(".strip a"), base = location.pathname.replace(/\d+$/, "");
    for (var i = 0; i < links.length; i++) if (links[i].pathname === base + number) return links[i].href;
    return base + number + location.search; // not listed on a long strip
  }
  function tell() {
    var box = document.querySelector("[data-typed]");
    box.hidden = !typed;
    box.textContent = box.dataset.words.replace("{0}", typed);
    clearTimeout(clearing);
    if (typed) clearing = setTimeout(function () { typed = ""; tell(); }, SETTLE * 2);
  }

  // --- hits --------------------------------------------------------------------------------------------------------
  function mark(index) {
    if (hits[at]) hits[at].classList.remove("now");
    at = index;
    if (!hits[at]) return;
    hits[at].classList.add("now");
    var box = hits[at].getBoundingClientRect(), window_ = sheet.getBoundingClientRect();
    sheet.scrollTop += box.top - window_.top - sheet.clientHeight / 3;
    sheet.scrollLeft += box.left - window_.left - sheet.clientWidth / 3;
  }
  function hop(step) {
    if (hits[at + step]) { mark(at + step); return true; }
    return step > 0 ? follow("hit-after") : follow("hit-before", "last-hit");
  }

  // --- keys --------------------------------------------------------------------------------------------------------
  window.juanzong.onKey(function (key) {
    if (/^[0-9]$/.test(key) && (typed || key !== "0")) { typed = (typed + key).slice(0, 6); tell(); return true; }
    if (key === "Enter" && typed) { location.assign(strip(Number(typed))); return true; }
    var page = 0.9 * sheet.clientHeight;
    switch (key.length === 1 ? key.toLowerCase() : key) {
      case "ArrowRight": case "Right": return scroll(80, 0, "next");
      case "ArrowLeft": case "Left": return scroll(-80, 0, "prev");
      case "PageDown": return scroll(0, page, "next");
      case "PageUp": return scroll(0, -page, "prev");
      case "Home": return follow("first");
      case "End": return follow("last");
      case "+": case "=": zoom("+"); return true;
      case "-": zoom("-"); return true;
      case "0": zoom("100"); return true;
      case "w": zoom("width"); return true;
      case "f": zoom("page"); return true;
      case "d": return follow("two");
      case "t": return follow("text");
      case "n": return hop(1);
      case "p": return hop(-1);
      default: return false;
    }
  });

  draw();
  if (hits.length) mark(location.hash === "#last-hit" ? hits.length - 1 : 0);
  var current = document.querySelector(".strip [aria-current]");
  if (current) current.parentNode.parentNode.scrollTop = current.offsetTop - 120;
})();

// Forms: sent once, never while somebody composes a word, never too long, and never into a session that has ended.
// A button with data-confirm asks first. Written for old browsers, as frame.js is.
(function () {
  "use strict";
  var AGAIN_AFTER = 4000; // a download answers without leaving the page
  var juanzong = (window.juanzong = window.juanzong || {});
  var composing = false;

  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }

  // --- composing: Enter chooses a word, it does not send the form -------------------------------------------------
  document.addEventListener("compositionstart", function () { composing = true; }, true);
  document.addEventListener("compositionend", function () { setTimeout(function () { composing = false; }, 0); }, true);
  document.addEventListener("keydown", function (event) {
    var enter = event.key === "Enter" || event.keyCode === 13 || event.keyCode === 229;
    if (enter && (event.isComposing || event.keyCode === 229 || composing)) event.stopImmediatePropagation();
    if (event.key === "Enter" && (event.keyCode === 229 || composing)) event.preventDefault(); // Safari: the key comes after the word
  }, true);
  document.addEventListener("submit", function (event) {
    if (composing) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  // --- too long: said at once, and nothing is cut off -------------------------------------------------------------
  function measure(field) {
    var most = Number(field.getAttribute("data-most")), over = field.value.length > most;
    var words = over ? field.getAttribute("data-over").replace("{n}", field.value.length) : "";
    var told = field.parentNode.querySelector(".over");
    if (!told && over) {
      told = document.createElement("small");
      told.className = "over";
      told.setAttribute("role", "alert");
      field.parentNode.appendChild(told);
    }
    if (told) told.textContent = words;
    field.setCustomValidity(words);
  }
  document.addEventListener("input", function (event) {
    if (event.target.getAttribute && event.target.getAttribute("data-over")) measure(event.target);
  });
  all("[data-over]").forEach(function (field) { if (field.value) measure(field); });

  // --- sending ----------------------------------------------------------------------------------------------------
  document.addEventListener("submit", function (event) {
    var form = event.target, button = event.submitter || pressed(form);
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.getAttribute("data-asked")) { form.removeAttribute("data-asked"); return sent(form); }
    if (form.getAttribute("data-sent") || (button && button.getAttribute("data-confirm") && !window.confirm(button.getAttribute("data-confirm")))) {
      return event.preventDefault();
    }
    sent(form);
    if (!document.getElementById("again") || !window.fetch || form.getAttribute("action") === "/sign-out") return;
    event.preventDefault();
    juanzong.signedIn().then(function (isSignedIn) {
      if (isSignedIn) send(form, button);
      else unsent(form);
    });
  });
  var lastPressed = null; // browsers that do not say which button sent a form
  document.addEventListener("click", function (event) {
    lastPressed = event.target.closest ? event.target.closest("button, input[type=submit]") : null;
  }, true);
  function pressed(form) { return lastPressed && lastPressed.form === form ? lastPressed : null; }
  function send(form, button) {
    form.setAttribute("data-asked", "1");
    if (form.requestSubmit) return button ? form.requestSubmit(button) : form.requestSubmit();
    if (button && button.name) {
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = button.name;
      field.value = button.value;
      form.appendChild(field);
    }
    if (button && button.getAttribute("formaction")) form.action = button.getAttribute("formaction");
    form.removeAttribute("data-asked");
    HTMLFormElement.prototype.submit.call(form);
  }
  function sent(form) {
    form.setAttribute("data-sent", "1");
    all("[data-wait]", form).forEach(function (words) { words.hidden = false; });
    if (form.enctype !== "multipart/form-data") setTimeout(function () { form.removeAttribute("data-sent"); }, AGAIN_AFTER); // uploads last as long as they last
  }
  function unsent(form) {
    form.removeAttribute("data-sent");
    all("[data-wait]", form).forEach(function (words) { words.hidden = true; });
  }
  window.addEventListener("pageshow", function () {
    all("form").forEach(unsent);
  });

  // --- a session that has ended: signing in on top of the page, which stays as it is ---------------------------------
  // juanzong.signedIn(): a promise of true when whatever is sent now will find a session of this page's person; asks her
  // to sign in again where it has ended. False: she did not, or somebody else did, or the server does not answer.
  juanzong.signedIn = function () {
    return fetch("/signed-in", { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
      if (!answer.ok) throw new Error("not answered");
      return answer.json().then(function (told) { return told.login ? isMine(told) : juanzong.signInAgain(); });
    }).catch(function () {
      juanzong.say(document.body.getAttribute("data-lost"));
      return false;
    });
  };
  function isMine(told) {
    var dialog = document.getElementById("again");
    if (told.login !== dialog.getAttribute("data-login")) {
      juanzong.say(dialog.getAttribute("data-other"));
      return false;
    }
    all('input[name="csrf"]').forEach(function (field) { field.value = told.csrf; });
    return true;
  }
  juanzong.signInAgain = function () {
    var dialog = document.getElementById("again");
    return fetch("/sign-in", { credentials: "same-origin", cache: "no-store" }).then(function (answer) { return answer.text(); }).then(function (text) {
      return new Promise(function (done) {
        place(dialog, text, done);
        dialog.addEventListener("close", function () { done(false); });
        all("[data-close]", dialog).forEach(function (button) { button.addEventListener("click", function () { done(false); }); });
        juanzong.show(dialog);
      });
    });
  };
  function place(dialog, text, done) {
    var holder = dialog.querySelector("[data-form]"), page = new DOMParser().parseFromString(text, "text/html");
    var form = page.querySelector('form[action="/sign-in"]'), trouble = page.querySelector(".trouble");
    holder.textContent = "";
    if (trouble) holder.appendChild(document.importNode(trouble, true));
    form = holder.appendChild(document.importNode(form, true));
    form.querySelector("[name=login]").value = dialog.getAttribute("data-login");
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      event.stopPropagation();
      enter(dialog, form, done);
    });
    setTimeout(function () { form.querySelector("[name=password]").focus(); }, 0);
  }
  function enter(dialog, form, done) {
    var fields = all("input", form).map(function (field) { return encodeURIComponent(field.name) + "=" + encodeURIComponent(field.value); });
    var sending = { method: "POST", credentials: "same-origin", redirect: "manual", body: fields.join("&"), headers: { "Content-Type": "application/x-www-form-urlencoded" } };
    fetch("/sign-in", sending).then(function (answer) {
      if (answer.type !== "opaqueredirect" && answer.status !== 303) {
        return answer.text().then(function (text) { place(dialog, text, done); });
      }
      return fetch("/signed-in", { credentials: "same-origin", cache: "no-store" }).then(function (told) { return told.json(); }).then(function (told) {
        done(isMine(told));
        juanzong.hide(dialog);
      });
    }).catch(function () {
      juanzong.hide(dialog);
      juanzong.say(document.body.getAttribute("data-lost"));
      done(false);
    });
  }
})();

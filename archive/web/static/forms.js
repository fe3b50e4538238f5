// A form is sent once: a second press while the answer is on its way does nothing. A button with data-confirm asks first.
"use strict";
const AGAIN_AFTER = 4000; // a download answers without leaving the page
document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.method !== "post") return;
  if (form.dataset.sent || (button && button.dataset.confirm && !window.confirm(button.dataset.confirm))) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  if (form.enctype === "multipart/form-data") return wait(form);
  setTimeout(() => delete form.dataset.sent, AGAIN_AFTER);
});
// Uploads last as long as they last.
function wait(form) {
  const words = form.querySelector("[data-wait]");
  if (words) words.hidden = false;
}
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    for (const words of form.querySelectorAll("[data-wait]")) words.hidden = true;
  }
});

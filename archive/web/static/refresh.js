// Any element with data-refresh="/address" data-every="2000" is fetched again and replaced, while it still asks for it.
"use strict";
async function refresh(element) {
  const address = element.dataset.refresh;
  if (!address || !element.isConnected) return;
  const every = Number(element.dataset.every || 2000);
  await new Promise((done) => setTimeout(done, every));
  if (document.hidden) return refresh(element);
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(element.id);
      if (fresh) {
        element.replaceWith(fresh);
        element = fresh;
      }
    }
  } catch {
    return; // signed out or server gone: the page stays as it is until it is loaded again
  }
  return refresh(element);
}
document.querySelectorAll("[data-refresh]").forEach(refresh);

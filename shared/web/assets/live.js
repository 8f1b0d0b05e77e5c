// A page that shows what happens elsewhere asks for itself again, once a second while somebody looks at it, and takes
// over the parts marked `data-live` whenever they changed. Without this script one reloads.
//
//   data-version="…"   of this script: the ETag of the page as it is here
//
// It never renews who is signed in: a page that nobody touches must not keep a session open. Once the access token has
// run out it stops, and says so in #stopped.
"use strict";
{
  const EVERY = 1000; // milliseconds
  let version = document.currentScript.dataset.version;
  let timer = 0;
  let stopped = false;

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  lookLater();

  function lookLater() {
    clearTimeout(timer);
    if (!stopped && !document.hidden) timer = setTimeout(look, EVERY);
  }

  async function look() {
    try {
      const response = await fetch(location.href, { headers: { "if-none-match": `"${version}"` }, redirect: "manual" });
      if (response.ok) take(response.headers.get("etag").replaceAll('"', ""), await response.text());
      else if (response.status < 500 && response.status !== 304 && response.status !== 429) stop();
    } catch {
      // away for a moment: the next look tells
    }
    lookLater();
  }

  function take(newer, text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const now = page.getElementById(part.id);
      part.className = now.className;
      if (part.innerHTML !== now.innerHTML) part.replaceChildren(...now.childNodes);
    }
    version = newer;
  }

  // A redirect to the sign-in page is opaque here: status 0.
  function stop() {
    stopped = true;
    document.getElementById("stopped").hidden = false;
  }
}

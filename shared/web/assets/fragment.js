// A letter or a mail may carry a key or a token behind the "#" of an address, where no server, log or referrer sees it.
// This takes it up as soon as the page begins, clears the address bar and the history of it, and puts it into the
// field it is for. Without this script people type what the letter says.
//
//   data-field="…"   the input of this page that it is for
//   data-kept="…"    the name under which it waits in this tab's sessionStorage where signing in comes first: a page
//                    without the field keeps it, the page with the field takes it, and keeps it while it is being sent
//   data-forget      this page is behind it all: nothing waits any longer
"use strict";
{
  const { field, kept, forget } = document.currentScript.dataset;
  const store = openStore();
  let carried = takeFragment();

  if (kept && forget !== undefined) store?.removeItem(kept);
  else if (kept && field) {
    carried ||= store?.getItem(kept) ?? "";
    store?.removeItem(kept);
  } else if (kept && carried) store?.setItem(kept, carried);

  if (field) document.addEventListener("DOMContentLoaded", () => fill(document.getElementById(field)));

  function fill(input) {
    if (!input) return;
    input.value ||= carried;
    if (kept) input.form.addEventListener("submit", () => store?.setItem(kept, input.value));
  }

  // Short ones such as "#login" are places on the page, and stay.
  function takeFragment() {
    const given = location.hash.slice(1);
    if (!/^[\w-]{20,64}$/.test(given)) return "";
    history.replaceState(null, "", location.pathname + location.search);
    return given;
  }

  function openStore() {
    try {
      return sessionStorage;
    } catch {
      return null; // this browser keeps nothing for us
    }
  }
}

// Keeps the page current without a reload, and sends its forms without leaving it.
"use strict";

const live = document.getElementById("live");
const connection = document.getElementById("connection");
const RETRY_MILLISECONDS = 2000;

function show(element, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (element.hasAttribute("data-keyed")) {
    append(element, fresh.content);
  } else if (element.innerHTML !== fresh.innerHTML) {
    const focused = element.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    element.replaceChildren(fresh.content);
    if (focused) {
      element.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    }
  }
}

// Leaves the items that are shown in place, so that a screen reader reads only new ones.
function append(list, fresh) {
  const scroll = list.parentElement;
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
  const kept = new Set([...fresh.children].map((child) => child.id));
  [...list.children].filter((child) => !kept.has(child.id)).forEach((child) => child.remove());
  [...fresh.children].forEach((child, place) => {
    const shown = list.children[place];
    if (shown?.id !== child.id) {
      list.insertBefore(child, shown ?? null);
    }
  });
  if (atEnd) {
    scroll.scrollTop = scroll.scrollHeight;
  }
}

async function follow() {
  const query = new URLSearchParams({ after: live.dataset.version, phone: live.dataset.phone });
  for (;;) {
    try {
      query.set("after", live.dataset.version);
      const response = await fetch(`/changes?${query}`, { headers: { Accept: "application/json" } });
      if (!response.ok) {
        throw new Error(`status ${response.status}`);
      }
      const { version, parts } = await response.json();
      for (const [name, html] of Object.entries(parts)) {
        show(live.querySelector(`[data-part="${name}"]`), html);
      }
      live.dataset.version = version;
      connection.textContent = "";
    } catch {
      connection.textContent = "The lab does not answer. Start it again with make lab, and open its new address.";
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }
}

async function post(form, button) {
  const error = form.querySelector(".error");
  const fields = new URLSearchParams(new FormData(form, button));
  const buttons = form.querySelectorAll("button");
  error.textContent = "";
  buttons.forEach((one) => one.setAttribute("aria-disabled", "true"));
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: fields,
    });
    if (response.ok) {
      form.querySelectorAll("textarea").forEach((area) => { area.value = ""; });
    } else {
      error.textContent = (await response.json()).error;
    }
  } catch {
    error.textContent = "The lab does not answer. Nothing was sent.";
  }
  buttons.forEach((one) => one.removeAttribute("aria-disabled"));
}

for (const form of document.querySelectorAll("form[data-post]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.getAttribute("aria-disabled") !== "true") {
      post(form, event.submitter);
    }
  });
}

document.getElementById("body")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector("button"));
  }
});

if (live) {
  const scroll = live.querySelector(".scroll");
  if (scroll) {
    scroll.scrollTop = scroll.scrollHeight;
  }
  follow();
}

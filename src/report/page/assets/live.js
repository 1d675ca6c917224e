// Follows a run: takes what its server sends, lets it be stopped, and keeps its report at the end.
(function () {
  "use strict";
  const report = document.getElementById("report"), state = document.getElementById("state");
  const stop = document.getElementById("stop"), sure = document.getElementById("sure");
  const save = document.getElementById("save"), whole = document.getElementById("whole");

  function say(text, lost) {
    // A reader is told what is new only.
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("lost", Boolean(lost));
  }

  // Whoever sent the page goes with the run. The report as a file of its own is here already, and can be kept.
  function ended(page) {
    save.href = URL.createObjectURL(new Blob([page], { type: "text/html" }));
    save.hidden = false;
    say("It has ended: this is its report. It is in this window only, and cannot be loaded again.");
  }
  if (whole) return ended(JSON.parse(whole.textContent));

  // What the reader or the charts have changed of an element stays as it is.
  const OWN = ["open", "disabled", "aria-live"];
  const drawn = (element) => element.classList && (element.classList.contains("plot") || element.classList.contains("readout"));
  const alike = (one, other) => one.nodeName === other.nodeName && (one.id || "") === (other.id || "");

  // Makes an element like another one without replacing what stays: so place, focus and selection are kept.
  function blend(old, fresh) {
    for (const { name } of Array.from(old.attributes)) if (!fresh.hasAttribute(name) && !OWN.includes(name)) old.removeAttribute(name);
    for (const { name, value } of Array.from(fresh.attributes)) if (!OWN.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    if (!drawn(old)) children(old, fresh);
  }

  function children(old, fresh) {
    let at = old.firstChild;
    for (const child of Array.from(fresh.childNodes)) {
      // What stands between it and its own place is gone.
      const own = child.id && Array.from(old.children).find((one) => one.id === child.id);
      if (own) while (at && at !== own) { const gone = at; at = at.nextSibling; gone.remove(); }
      if (!at || !alike(at, child)) { old.insertBefore(child, at); continue; }
      if (at.nodeType === Node.ELEMENT_NODE) blend(at, child);
      else if (at.nodeValue !== child.nodeValue) at.nodeValue = child.nodeValue;
      at = at.nextSibling;
    }
    while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
  }

  // A document made of a text runs no script, and nothing in it is loaded.
  function take(text) {
    const news = JSON.parse(text);
    document.title = news.title;
    children(report, new DOMParser().parseFromString(news.report, "text/html").body);
    document.documentElement.dispatchEvent(new CustomEvent("populace", { detail: news.data }));
    return news;
  }

  const source = new EventSource("updates");
  let asked = false;
  source.addEventListener("open", () => say(asked ? "It ends; then comes the report." : "It goes on; the figures follow."));
  source.addEventListener("error", () => say(source.readyState === EventSource.CLOSED
    ? "Nothing comes any more: the run may have ended, or too many look at it. Load this page anew."
    : "Nothing comes from the run: it may have ended. Trying again.", true));
  source.addEventListener("update", (event) => {
    const news = take(event.data);
    if (news.goes) return;
    source.close();
    if (sure.open) sure.close();
    stop.parentElement.remove();
    ended(news.page);
  });

  stop.addEventListener("click", () => sure.showModal());
  document.getElementById("no").addEventListener("click", () => sure.close());
  document.getElementById("yes").addEventListener("click", () => {
    sure.close();
    stop.disabled = true;
    fetch("stop", { method: "POST" }).then((answer) => {
      asked = answer.ok;
      if (!asked) throw new Error(answer.status);
      say("It ends; then comes the report.");
    }).catch(() => {
      stop.disabled = false;
      say("It could not be told to end.", true);
    });
  });
})();

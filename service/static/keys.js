// Keys for lists: j/k move, Enter opens, y or 1 confirms, 2-9 choose a candidate, c names another category.
// Everything they do can be done with the buttons; nothing depends on this file.
"use strict";
(() => {
  const items = Array.from(document.querySelectorAll("[data-item]"));
  if (items.length === 0) return;
  let at = -1;

  const select = (index, quietly) => {
    if (items[at]) items[at].classList.remove("current");
    at = Math.max(0, Math.min(index, items.length - 1));
    items[at].classList.add("current");
    if (quietly || items[at].hasAttribute("data-current")) return;
    (items[at].querySelector("[data-open]") || items[at]).focus({ preventScroll: true });
    items[at].scrollIntoView({ block: "nearest" });
  };

  const press = (selector) => {
    const button = items[at] && items[at].querySelector(selector);
    if (button) button.click();
    return Boolean(button);
  };

  const act = (key) => {
    if (key === "j") return select(at + 1), true;
    if (key === "k") return select(at - 1), true;
    if (key === "y") return press('[data-choice="1"]');
    if (/^[1-9]$/.test(key)) return press(`[data-choice="${key}"]`);
    if (key === "c") {
      const other = items[at] && items[at].querySelector("[data-other]");
      if (other) other.focus();
      return Boolean(other);
    }
    if (key === "Enter" && document.activeElement === document.body) return press("[data-open]");
    return false;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const typing = event.target.closest("input, textarea, select");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      if (event.key === "Enter" && typing.hasAttribute("data-other")) {
        event.preventDefault(); // the form's first button confirms; here the officer names another category
        typing.form.querySelector('button[value="other"]').click();
      }
      return;
    }
    if (act(event.key)) event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault(); // a second click decides nothing
    event.target.dataset.sent = "yes";
  });

  select(0, true);
})();

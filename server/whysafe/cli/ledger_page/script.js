"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const rows = Array.from(document.querySelectorAll(".answers tbody tr"));
  const count = document.getElementById("count");
  const apply = () => {
    const chosen = Array.from(form.querySelectorAll("select")).filter((one) => one.value !== "");
    let shown = 0;
    for (const row of rows) {
      row.hidden = chosen.some((one) => row.dataset[one.name] !== one.value);
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = chosen.length ? `${shown} of ${rows.length} answers shown` : "";
  };
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.hidden) {
      form.reset();
      apply();
      target.scrollIntoView();
    }
  };
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  window.addEventListener("hashchange", reveal);
  form.hidden = false;
  apply();
})();

if (location.hash === "#en") document.getElementById("bahasa-en").checked = true;
for (const button of document.querySelectorAll("button.sort")) {
  button.addEventListener("click", () => {
    const head = button.closest("th"), body = head.closest("table").tBodies[0];
    const up = head.getAttribute("aria-sort") !== "ascending", at = head.cellIndex;
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => row.cells[at].dataset.value, number = head.classList.contains("n");
    const order = (a, b) => number ? Number(value(a)) - Number(value(b)) : value(a).localeCompare(value(b));
    for (const row of [...body.rows].sort((a, b) => (up ? 1 : -1) * order(a, b))) body.append(row);
  });
}

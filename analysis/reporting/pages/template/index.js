const table = document.querySelector("table.places");
const value = (row, at) => row.cells[at].dataset.value;
for (const head of table.querySelectorAll("th[data-sort]")) {
  const button = document.createElement("button");
  button.className = "sort";
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const number = head.classList.contains("n"), at = head.cellIndex, body = table.tBodies[0];
    const now = head.getAttribute("aria-sort"), up = now ? now === "descending" : !number;
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const empty = (row) => value(row, at) === "", whole = (row) => row.classList.contains("whole");
    const order = (a, b) => number ? value(a, at) - value(b, at) : value(a, at).localeCompare(value(b, at));
    const rows = [...body.rows].sort((a, b) => whole(b) - whole(a) || empty(a) - empty(b) || (empty(a) ? 0 : (up ? 1 : -1) * order(a, b)));
    body.append(...rows);
  });
}
table.classList.add("sorts");

const form = document.querySelector("form.find"), said = form.querySelector("output");
const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").replace(/^ ?(provinsi|kabupaten|kab|kota) /, "").trim();
const page = (code) => document.querySelector(`details.all a[data-code="${code}"]`);
const options = [...form.querySelectorAll("option")];
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = form.querySelector("input").value.trim(), wanted = plain(asked);
  const by = (fits) => options.filter(fits).map((option) => option.dataset.code);
  const found = [
    () => (/^\d{2}(\.?\d{2})?$/.test(asked) ? [asked.slice(0, 2)] : []),
    () => by((option) => option.value.toLowerCase() === asked.toLowerCase()),
    () => by((option) => plain(option.value) === wanted),
    () => by((option) => wanted && plain(option.value).startsWith(wanted)),
    () => by((option) => wanted && plain(option.value).includes(wanted)),
  ].map((look) => [...new Set(look())].map(page).filter(Boolean)).find((links) => links.length) || [];
  if (found.length === 1) {
    location.href = found[0].href;
    return;
  }
  said.replaceChildren(found.length ? form.dataset.several : `${form.dataset.none} ${asked}`);
  for (const link of found.slice(0, 8)) said.append(" ", link.cloneNode(true));
});
form.hidden = false;

/** A justification, as `whysafe ledger --format json` has it. Lines count from 1. */
export interface Answer {
  readonly rule: string | null;
  readonly path: string;
  readonly line: number;
  readonly snippet: readonly string[];
  readonly state: string;
  readonly holds: boolean;
  readonly decision: string | null;
  readonly reason: string;
  readonly who: string | null;
  readonly date: string | null;
  readonly review_by: string | null;
  readonly remarks: readonly string[];
}

export interface Trouble {
  readonly path: string;
  readonly line: number | null;
  readonly message: string;
}

/** Something that settings switch off, lower or exclude, for all files or for those that a pattern matches. */
export interface Weakening {
  readonly what: string;
  readonly name: string;
  readonly files: string | null;
  readonly reason: string | null;
}

/** A ledger, as far as the page shows it. */
export interface Ledger {
  readonly entries: readonly Answer[];
  readonly totals: { readonly unanswered_findings: number };
  readonly weakened_by_settings: readonly Weakening[];
  readonly errors: readonly Trouble[];
  readonly settings_problems: readonly Trouble[];
}

/** A folder of the workspace with its ledger. */
export interface Part {
  readonly name: string;
  readonly folder: string;
  readonly ledger: Ledger;
}

/** The command that a place on the page leads to, with the path and the line from 1. */
export const OPEN_PLACE = "whysafe.openPlace";

const STYLE = `
  body { max-width: 72rem; }
  h2 { font-size: 1.15em; margin: 1.6em 0 .5em; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .45em .6em; border: 1px solid var(--vscode-editorWidget-border, #8885); }
  th { background: var(--vscode-editorWidget-background); }
  td:nth-child(1) { width: 7em; }
  td:nth-child(2) { width: 34%; }
  pre { margin: .3em 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  code, pre { font-family: var(--vscode-editor-font-family); font-size: .92em; }
  .quiet { color: var(--vscode-descriptionForeground); }
  .bad { color: var(--vscode-charts-red); font-weight: 600; }
  .good { color: var(--vscode-charts-green); font-weight: 600; }
`;

/** The page of the ledgers: what does not hold comes first. It has no script, and loads nothing. */
export function page(parts: readonly Part[]): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  const body = parts.map((part) => section(part, parts.length > 1)).join("");
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">` +
    `<style>${STYLE}</style></head><body><h1>Ledger of justifications</h1>${body}</body></html>`
  );
}

function section({ name, folder, ledger }: Part, hasOthers: boolean): string {
  const failing = ledger.entries.filter(({ holds }) => !holds);
  const holding = ledger.entries.filter(({ holds }) => holds);
  const troubles = [...ledger.errors, ...ledger.settings_problems];
  return [
    hasOthers ? `<h2>${escaped(name)}</h2>` : "",
    `<p>${escaped(headline(ledger))}</p>`,
    troubles.length > 0 ? titled("Could not be read", list(troubles.map((one) => trouble(one, folder)))) : "",
    failing.length > 0 ? titled("Does not hold", table(failing, folder)) : "",
    holding.length > 0 ? titled("Holds", table(holding, folder)) : "",
    ledger.weakened_by_settings.length > 0 ? titled("Weakened by settings", list(ledger.weakened_by_settings.map(weakening))) : "",
  ].join("");
}

/** The ledger in one sentence. */
export function headline({ entries, totals }: Ledger): string {
  const holding = entries.filter(({ holds }) => holds).length;
  const failing = entries.length - holding;
  const hold = `${holding} ${holding === 1 ? "holds" : "hold"}, ${failing} ${failing === 1 ? "does" : "do"} not`;
  return `${count(entries.length, "justification")}: ${hold}; ${count(totals.unanswered_findings, "finding")} without an answer.`;
}

function table(answers: readonly Answer[], folder: string): string {
  const rows = answers.map((answer) => row(answer, folder)).join("");
  return `<table><thead><tr><th>State</th><th>Code</th><th>Answer</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function row(answer: Answer, folder: string): string {
  const rule = answer.rule === null ? "no rule" : `<code>${escaped(answer.rule)}</code>`;
  const code = `${place(answer, folder)}<br>${rule}<pre>${escaped(answer.snippet.join("\n"))}</pre>`;
  const reason = answer.reason === "" ? "no reason given" : answer.reason;
  const remarks = answer.remarks.map((remark) => `<br>${escaped(remark)}`).join("");
  const decision = `<b>${escaped(answer.decision ?? "no decision")}</b>: ${escaped(reason)}`;
  const signature = `<span class="quiet">${escaped(signed(answer))}${remarks}</span>`;
  const state = `<span class="${answer.holds ? "good" : "bad"}">${escaped(answer.state)}</span>`;
  return `<tr><td>${state}</td><td>${code}</td><td>${decision}<br>${signature}</td></tr>`;
}

function signed({ who, date, review_by: until }: Answer): string {
  return [who ?? "nobody", date ?? "no date", until === null ? "no date of review" : `review by ${until}`].join(", ");
}

function trouble({ path, line, message }: Trouble, folder: string): string {
  return `${place({ path, line: line ?? 1 }, folder)}: ${escaped(message)}`;
}

function weakening({ what, name, files, reason }: Weakening): string {
  const where = files ? ` in <code>${escaped(files)}</code>` : "";
  return `${escaped(what)} <code>${escaped(name)}</code>${where}: ${escaped(reason ?? "no reason given")}`;
}

/** A link to a place in a file, which is shown as it lies below the folder. */
function place({ path, line }: { readonly path: string; readonly line: number }, folder: string): string {
  const isInside = path.startsWith(folder) && /^[\\/]/.test(path.slice(folder.length));
  const shown = isInside ? path.slice(folder.length + 1) : path;
  const target = `command:${OPEN_PLACE}?${encodeURIComponent(JSON.stringify([path, line]))}`;
  return `<a href="${escaped(target)}">${escaped(shown)}:${line}</a>`;
}

function titled(title: string, body: string): string {
  return `<h2>${escaped(title)}</h2>${body}`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

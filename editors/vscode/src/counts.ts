/** What the status bar counts. */
export interface Counts {
  /** Findings that nobody has answered with a justification that counts. */
  readonly open: number;
  readonly justified: number;
  /** Justifications that need somebody: expired, stale, malformed and so on. */
  readonly attention: number;
  /** Places that could not be analysed. */
  readonly gaps: number;
}

interface Item {
  readonly source?: string | undefined;
  readonly message: string;
  readonly code?: unknown;
}

/** The counts of a list of diagnostics; those of other tools do not count. */
export function count(items: Iterable<Item>): Counts {
  const counts = { open: 0, justified: 0, attention: 0, gaps: 0 };
  for (const item of items) {
    if (item.source === "whysafe") {
      counts[kindOf(item)] += 1;
    }
  }
  return counts;
}

function kindOf(item: Item): keyof Counts {
  const code = codeOf(item);
  if (code === "not-analysed") {
    return "gaps";
  }
  if (code.startsWith("justification-") || code === "settings") {
    return "attention";
  }
  return item.message.startsWith("Justified (") ? "justified" : "open";
}

/** The code of a diagnostic, which the editor keeps alone or with its link. */
export function codeOf({ code }: { readonly code?: unknown }): string {
  const value = typeof code === "object" && code !== null && "value" in code ? code.value : code;
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The counts in words, such as "2 findings open, 1 justified". */
export function words(counts: Counts): string {
  const parts = [`${counts.open} ${counts.open === 1 ? "finding" : "findings"} open`, `${counts.justified} justified`];
  if (counts.attention > 0) {
    parts.push(`${counts.attention} needing attention`);
  }
  if (counts.gaps > 0) {
    parts.push(`${counts.gaps} not analysed`);
  }
  return parts.join(", ");
}

/** What can be done about a problem; each is a button on its message. */
export type Remedy = "install" | "settings" | "output" | "restart" | "trust";

/** Something that keeps whysafe from working: what is wrong and what to do, in sentences for the user. */
export class Problem extends Error {
  readonly remedies: readonly Remedy[];

  constructor(message: string, ...remedies: Remedy[]) {
    super(message);
    this.name = "Problem";
    this.remedies = remedies;
  }
}

/** The error as a problem; one of an unexpected kind is shown with its own words. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  return new Problem(`The server could not be started: ${wordsOf(error)}`, "output", "restart");
}

/** What an error says. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

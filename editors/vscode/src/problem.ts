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
  const words = error instanceof Error ? error.message : String(error);
  return new Problem(`The server could not be started: ${words}`, "output", "restart");
}

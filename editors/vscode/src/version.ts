/**
 * The part of a version in which a difference means that extension and server may not understand each other:
 * "2" of 2.1.0, and "0.3" of 0.3.7, because before 1.0 every minor version may change anything.
 */
export function series(version: string): string {
  const [major = "", minor = ""] = version.split(".");
  return major === "0" ? `0.${minor}` : major;
}

/** Whether a server of this version speaks with an extension of that version; a server that does not say does not. */
export function compatible(extension: string, server: string | undefined): boolean {
  return server !== undefined && series(extension) === series(server);
}

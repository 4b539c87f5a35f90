/** Names by which a machine calls itself. */
export const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "[::1]", "localhost"]);

/** Whether the text is a URL at which a server may be asked. */
export function isServerUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    (url?.protocol === "http:" || url?.protocol === "https:") && url.username === "" && url.search === ""
  );
}

/** TLS, or plain HTTP on this very machine, where nobody listens in. */
export function isSafeAddress(text: string): boolean {
  if (!isServerUrl(text)) return false;
  const url = new URL(text);
  return url.protocol === "https:" || LOOPBACK.has(url.hostname);
}

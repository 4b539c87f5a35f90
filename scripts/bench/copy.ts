import type pg from "pg";

/** What the driver's connection offers for COPY, beyond its published types. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** The driver calls these as messages of the server arrive. */
class Copying {
  readonly done: Promise<void>;
  readonly chunks: Buffer[] = [];
  readonly #text: string;
  readonly #input: Buffer | null;
  #failure: Error | undefined;
  #settle: (error: Error | undefined) => void = () => {};

  constructor(text: string, input: Buffer | null) {
    this.#text = text;
    this.#input = input;
    this.done = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
  }
  submit(connection: unknown): void {
    (connection as CopyConnection).query(this.#text);
  }
  handleCopyInResponse(connection: CopyConnection): void {
    if (this.#input !== null && this.#input.length > 0) connection.sendCopyFromChunk(this.#input);
    connection.endCopyFrom();
  }
  handleCopyData(message: { chunk: Buffer }): void {
    this.chunks.push(Buffer.from(message.chunk));
  }
  handleError(error: Error): void {
    this.#failure = error;
    this.#settle(error);
  }
  handleReadyForQuery(): void {
    this.#settle(this.#failure);
  }
  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
}

/** `copy … from stdin` with all of its text at once. */
export async function copyIn(client: pg.Client, statement: string, text: Buffer): Promise<void> {
  await client.query(new Copying(statement, text)).done;
}

/** `copy … to stdout`: the text of all rows. */
export async function copyOut(client: pg.Client, statement: string): Promise<Buffer> {
  const copying = client.query(new Copying(statement, null));
  await copying.done;
  return Buffer.concat(copying.chunks);
}

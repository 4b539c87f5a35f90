import { parentPort } from "node:worker_threads";
import type { OpenRequest } from "./open-many.ts";
import { openPacked } from "./packed-cell.ts";

/** Opens packed cells beside the main thread (see `open-many.ts`). Requests are taken one at a time, in order. */
const port = parentPort;
if (port === null) throw new Error("open-worker runs as a worker thread only");
port.on("message", ({ id, bytes, count }: OpenRequest) => {
  const opened = openPacked(Buffer.from(bytes), count);
  // A third of what came: whoever asked holds it until the last of it is written.
  const texts = bytes.slice(0, opened);
  Buffer.from(bytes).fill(0, 0, opened);
  port.postMessage({ id, bytes: texts }, [texts]);
});

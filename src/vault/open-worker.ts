import { parentPort } from "node:worker_threads";
import type { OpenRequest } from "./open-many.ts";
import { openPacked } from "./packed-cell.ts";

/** Opens packed cells beside the main thread (see `open-many.ts`). Requests are taken one at a time, in order. */
const port = parentPort;
if (port === null) throw new Error("open-worker runs as a worker thread only");
port.on("message", ({ id, bytes, count }: OpenRequest) => {
  openPacked(Buffer.from(bytes), count);
  port.postMessage({ id, bytes }, [bytes]);
});

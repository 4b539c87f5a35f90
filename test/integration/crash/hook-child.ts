import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A recipient's own process: writes every webhook down, and only then says that it has it. */
const [file = "", port = "0"] = process.argv.slice(2);

const server = createServer((req, res) => {
  const parts: Buffer[] = [];
  req.on("data", (part: Buffer) => parts.push(part));
  req.on("end", () => {
    appendFileSync(file, `${Buffer.concat(parts).toString("utf8")}\n`);
    res.writeHead(204).end();
  });
});
server.listen(Number(port), "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
// Without its parent nobody would ever end it.
process.on("disconnect", () => process.exit(0));

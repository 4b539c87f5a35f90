import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";

/** How one attempt goes wrong: before Candor hears of it, or after it has committed and only the answer is lost. */
export interface Failure {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly after: "refused" | "stored";
}

export interface FlakyDoor {
  readonly url: string;
  /** How many requests have come, and what was answered to each. */
  readonly answered: readonly number[];
  close(): Promise<void>;
}

/**
 * A proxy in front of a server whose first answers fail as told, one request each; all later ones pass through.
 */
export async function openFlakyDoor(target: string, failures: readonly Failure[]): Promise<FlakyDoor> {
  const answered: number[] = [];
  let seen = 0;
  const server: Server = createServer((req, res) => {
    const failure = failures[seen++];
    const fail = (f: Failure) => {
      answered.push(f.status);
      res.writeHead(f.status, { "content-type": "application/json", ...f.headers }).end("{}");
    };
    if (failure?.after === "refused") {
      req.resume().on("end", () => fail(failure));
      return;
    }
    pass(target, req, res, (answer) => {
      if (failure !== undefined) answer.resume().on("end", () => fail(failure));
      else {
        answered.push(answer.statusCode ?? 0);
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    answered,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pass(
  target: string,
  req: IncomingMessage,
  res: ServerResponse,
  onAnswer: (answer: IncomingMessage) => void,
): void {
  const onward = request(
    `${target}${req.url}`,
    { method: req.method ?? "GET", headers: { ...req.headers, host: new URL(target).host } },
    onAnswer,
  );
  onward.on("error", () => res.destroy());
  req.pipe(onward);
}

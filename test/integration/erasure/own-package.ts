import { expect } from "chai";
import type { TestServer } from "../../setup/server.ts";
import { BY, scopeOf } from "./acts.ts";
import { openArchive } from "./archive.ts";

const PASSPHRASE = "correct horse battery staple";

/** The files of the access package that is made for a member now, fetched and opened as the person does. */
export async function ownPackage(server: TestServer, memberId: string): Promise<Map<string, Buffer>> {
  const { fulfilment, work } = server.candor.fulfil;
  const scope = scopeOf(memberId, { kind: "access" });
  const { token } = await server.database.db.tx((tx) =>
    fulfilment.startPackage(tx, scope, "access", { kind: "passphrase", passphrase: PASSPHRASE }, BY),
  );
  await work();
  const answer = await fetch(`${server.url}/privacy/packages/${token}`, { method: "POST" });
  expect(answer.status).to.equal(200);
  return openArchive(Buffer.from(await answer.arrayBuffer()), PASSPHRASE);
}

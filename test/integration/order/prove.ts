import { expect } from "chai";
import fc from "fast-check";
import type { Installation } from "../../setup/installation.ts";
import type { TestServer } from "../../setup/server.ts";
import { type Arrangement, arrangements, deliveriesOf, inBulk, sendAll } from "./deliver.ts";
import {
  type Expected,
  expectedOf,
  expectFacts,
  expectResolved,
  expectStored,
  expectVerdicts,
} from "./expected.ts";
import type { Named, SourceName } from "./items.ts";
import { bytesOf, differences, readAll, type Snapshot, snapshot } from "./snapshot.ts";
import { type World, worlds } from "./world.ts";

/** A world and several ways in which it may arrive. */
export function arrivals(ways: number): fc.Arbitrary<readonly [World, readonly Arrangement[]]> {
  return worlds.chain((world) =>
    fc.tuple(
      fc.constant(world),
      fc.array(arrangements(world.items.length), { minLength: ways, maxLength: ways }),
    ),
  );
}

/** Fills the installation with a world in one way, checks what must hold by itself, and reads all of it. */
export async function fill(
  installation: Installation<SourceName>,
  world: World,
  how: Arrangement,
): Promise<Snapshot> {
  const server = await installation.fresh();
  try {
    const expected = await expectedOf(server, installation.sources, world.items);
    const deliveries = deliveriesOf(world.items, installation.sources, how);
    const told = await sendAll(server.url, deliveries, how.together);
    const perItem = new Set(world.items.flatMap((item, i) => (item.door === "json" ? [i] : [])));
    expectVerdicts(told, expected, perItem);
    return await check(server, expected, world.named);
  } finally {
    await server.close();
  }
}

/** Checks what must hold of any filling by itself, and reads all of it. */
export async function check(
  server: TestServer,
  expected: Expected,
  named: readonly Named[],
): Promise<Snapshot> {
  await expectStored(server, expected);
  const shown = await readAll(server);
  await expectFacts(server, shown, expected);
  expectResolved(shown);
  return snapshot(server, shown, named);
}

/** The same world in any order, duplication and batching gives the same bytes. */
export async function proveOrderFree(
  installation: Installation<SourceName>,
  world: World,
  ways: readonly Arrangement[],
): Promise<void> {
  const first = await fill(installation, world, inBulk(world.items.length));
  for (const way of ways) {
    const other = await fill(installation, world, way);
    expectSame(first, other);
  }
}

/** Fails with the places where two snapshots differ. */
export function expectSame(first: Snapshot, other: Snapshot): void {
  const different = differences(first, other);
  if (different.length > 0) expect.fail(`another arrival gave another result:\n${different.join("\n")}`);
  expect(bytesOf(other)).to.equal(bytesOf(first));
}

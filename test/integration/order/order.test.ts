import fc from "fast-check";
import { anInstallation, type Installation } from "../../setup/installation.ts";
import { type Arrangement, plainly } from "./deliver.ts";
import { type Item, listItem, type Named, NOW, SOURCES, type SourceName, webItem } from "./items.ts";
import { arrivals, proveOrderFree } from "./prove.ts";
import type { World } from "./world.ts";

/** Enough to notice a mistake on every change; `npm run test:long` takes many more. */
const WORLDS = 5;

function card(value: string): Named {
  return { kind: "member_id", value };
}

function email(value: string): Named {
  return { kind: "email", value };
}

function phone(value: string): Named {
  return { kind: "phone", value };
}

function reversed(count: number): Arrangement {
  return { ...plainly(count), stream: plainly(count).stream.toReversed() };
}

/** One by one, backwards one by one, and in small batches at once; each is compared with all in bulk. */
function ways(items: readonly Item[]): Arrangement[] {
  const all = plainly(items.length);
  return [all, reversed(items.length), { ...all, sizes: [2], together: true }];
}

describe("the order in which facts arrive", () => {
  let installation: Installation<SourceName>;
  before(async () => {
    installation = await anInstallation("order", NOW, SOURCES);
  });
  after(() => installation.drop());

  const prove = (items: readonly Item[], named: readonly Named[]) => {
    const world: World = { items, named };
    return proveOrderFree(installation, world, ways(items));
  };

  it("case 3: leaves no trace in profiles, lineage, facts, consent and review lists, whatever comes twice or together", async function () {
    this.timeout(300_000);
    await fc.assert(
      fc.asyncProperty(arrivals(3), ([world, all]) => proveOrderFree(installation, world, all)),
      {
        numRuns: WORLDS,
        seed: 1,
        // A failure names the seed; shrinking a world takes longer than a verdict may.
        endOnFailure: true,
      },
    );
  });

  it("does not decide whether a subject is known by its card's or its account's number", async () => {
    const at = "2026-11-01T00:00:00Z";
    const items = [
      webItem("shop", "page", [{ kind: "user_id", value: "M-1" }], { at, id: "1" }),
      listItem([card("M-1")], { at, id: "2" }),
      webItem("app", "identify", [email("ann@example.com")], { at, id: "3" }),
      webItem("shop", "identify", [email("ann@example.com")], { at, id: "4" }),
    ];
    await prove(items, [card("M-1"), email("ann@example.com")]);
  });

  it("does not decide whether a number that only one subject has forbids its merge with another", async () => {
    // The address joins card and account; the account's own number of the card's holder says they are two people.
    const items = [
      webItem("shop", "identify", [card("M-1"), email("ann@example.com")], {
        at: "2026-11-01T00:00:00Z",
        id: "1",
      }),
      webItem("shop", "identify", [{ kind: "user_id", value: "U-2" }, email("ann@example.com")], {
        at: "2026-11-02T00:00:00Z",
        id: "2",
      }),
      webItem("shop", "identify", [card("M-1"), { kind: "user_id", value: "U-1" }], {
        at: "2026-11-03T00:00:00Z",
        id: "3",
      }),
    ];
    await prove(items, [card("M-1"), { kind: "user_id", value: "U-2" }, email("ann@example.com")]);
  });

  it("does not decide whether an address that is later verified makes its holder known", async () => {
    const at = "2026-11-01T00:00:00Z";
    const items = [
      webItem("app", "identify", [email("ann@example.com"), phone("0912345678")], { at, id: "1" }),
      listItem([card("M-1")], { at, id: "2" }),
      webItem("app", "identify", [card("M-1"), phone("0912345678")], { at, id: "3" }),
      webItem("shop", "identify", [email("ann@example.com")], { at, id: "4" }),
    ];
    await prove(items, [card("M-1"), email("ann@example.com"), phone("0912345678")]);
  });

  it("does not decide how many verified addresses a member may have", async () => {
    const addresses = [1, 2, 3, 4, 5, 6].map((n) => email(`ann${n}@example.com`));
    const items = addresses.map((address, i) =>
      webItem("shop", "identify", [card("M-1"), address], { at: `2026-11-0${i + 1}T00:00:00Z`, id: `${i}` }),
    );
    items.push(webItem("shop", "page", [addresses[5] as Named], { at: "2026-11-09T00:00:00Z", id: "alone" }));
    items.push(
      webItem("shop", "identify", [addresses[5] as Named], { at: "2026-11-09T00:00:00Z", id: "alone-2" }),
    );
    await prove(items, [card("M-1"), ...addresses]);
  });

  it("does not decide at which level a number that too many share is closed, nor who is counted", async () => {
    const items = Array.from({ length: 16 }, (_, i) => {
      const named = [card(`M-${i}`), phone("0912345678")];
      // The list vouches for its numbers, the app does not; some were last seen before numbers age out.
      const old = i % 4 === 0;
      return [
        webItem("app", "identify", named, {
          at: old ? "2023-01-01T00:00:00Z" : "2026-10-01T00:00:00Z",
          id: `a${i}`,
        }),
        listItem(named, { at: "2026-10-02T00:00:00Z", id: `l${i}` }),
      ];
    }).flat();
    const unverifiedFirst = [
      ...items.filter((i) => i.source === "app"),
      ...items.filter((i) => i.source === "list"),
    ];
    await prove(unverifiedFirst, [card("M-1"), phone("0912345678")]);
  });
});

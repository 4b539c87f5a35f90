import { openPostgres } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { AppError } from "../../../src/kernel/problems.ts";
import { openVault, type Place, type Vault, type VaultDeps } from "../../../src/vault/index.ts";
import { testDatabases } from "../../setup/engines.ts";
import { type ScriptedProvider, scriptedProvider } from "./scripted-provider.ts";

export const place: Place = { table: "event", column: "body", recordId: "rec-1", category: "contact" };

export interface KeystoreUnderTest {
  readonly db: VaultDeps["keystore"];
  readonly clock: ReturnType<typeof fixedClock>;
  readonly provider: ScriptedProvider;
  /**
   * Opens another vault on the same keystore, as another process would: with caches of its own and, where the
   * engine allows more than one, connections of its own.
   */
  openAnother(options?: Partial<VaultDeps>): Promise<Vault>;
  drop(): Promise<void>;
}

export async function aKeystore(label: string): Promise<KeystoreUnderTest> {
  const fresh = await testDatabases().freshDatabase(label, { empty: true });
  const clock = fixedClock("2026-11-21T09:00:00Z");
  const provider = scriptedProvider();
  const closers: (() => Promise<void>)[] = [];
  return {
    db: fresh.keystoreDb,
    clock,
    provider,
    async openAnother(options = {}) {
      let keystore = fresh.keystoreDb;
      if (fresh.keystoreUrl !== undefined) {
        keystore = openPostgres(fresh.keystoreUrl, { max: 3 });
        closers.push(() => keystore.close());
      }
      const vault = await openVault({ keystore, provider, clock, ids: uuidIds, ...options });
      closers.unshift(() => vault.close());
      return vault;
    },
    async drop() {
      for (const close of closers) await close();
      await fresh.drop();
    },
  };
}

/** The code of the problem that the work ends with. */
export async function problemOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return "none";
}

import type { RegistrySnapshot } from "../../../consent/index.ts";
import type { Holding } from "../../db/index.ts";
import type { DataMap } from "./data-map.schema.ts";
import { PROTECTION } from "./holding-words/protection.ts";
import { HOLDING_WORDS, linkWords, translated } from "./holding-words.ts";
import { planErasure } from "./plan.ts";
import { tableName } from "./table-words.ts";

/** Describes everything that is kept, from the register of holdings and the registries. Pure. */
export function describeData(
  holdings: readonly Holding[],
  registry: Pick<RegistrySnapshot, "controller" | "rules">,
  known: Pick<DataMap, "recipients" | "sources" | "madeAt">,
): DataMap {
  const { controller, rules } = registry;
  const plans = new Map(planErasure(holdings).map((p) => [p.holding.table, p]));
  return {
    controller: {
      name: controller.name,
      email: controller.email,
      dataProtectionOfficer: controller.dataProtectionOfficer ?? null,
      country: controller.country,
    },
    peopleConcerned: ["members", "visitors and followers", "staff (accounts and acts)"],
    purposes: [...rules.purposes.values()].map((p) => ({
      id: p.id,
      name: p.name,
      lawfulBasis: p.lawfulBasis,
      categories: p.categories,
      channels: p.channels,
      retention: p.retention,
      recipients: p.recipients.map((r) => r.id),
    })),
    storageCountries: controller.storageCountries,
    processingCountries: controller.processingCountries,
    security: Object.keys(PROTECTION),
    ...known,
    tables: holdings.map((h) => {
      const plan = plans.get(h.table);
      const leadsTo = linkWords(h.person);
      return {
        table: h.table,
        name: tableName(h.table),
        holds: h.holds,
        leadsTo: leadsTo.en,
        categories: h.categories,
        retention: h.retention,
        inExport: h.inExport,
        onErasure: plan?.treatment ?? "not personal",
        ground: plan?.ground?.provision ?? null,
        sealedColumns: Object.entries(h.columns).flatMap(([name, mark]) => (mark === "sealed" ? [name] : [])),
        words: {
          holds: translated(h.holds, HOLDING_WORDS.holds),
          leadsTo,
          retention: translated(h.retention, HOLDING_WORDS.retention),
          inExport: translated(h.inExport, HOLDING_WORDS.inExport),
        },
      };
    }),
  };
}

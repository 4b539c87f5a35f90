import type { EntryDraft } from "../entry.ts";
import { ALL_PURPOSES } from "../vocabulary.ts";
import type { DecodedTcf } from "./tcf.ts";

/**
 * Whether a request carries a Global Privacy Control signal: the header `Sec-GPC` with exactly the value `1`
 * (Global Privacy Control specification §3.1). Any other value is no signal, and says nothing.
 */
export function carriesGpc(headers: Readonly<Record<string, string | undefined>>): boolean {
  return headers["sec-gpc"]?.trim() === "1";
}

/** The ledger entry of a received signal. It belongs to the device and, once known, to the person behind it. */
export function gpcEntry(device: string | null, occurredAt: Date | null = null): EntryDraft {
  return {
    state: "signalled",
    purposeId: ALL_PURPOSES,
    method: "signal",
    occurredAt,
    signal: { kind: "gpc", device },
  };
}

/** The ledger entry of a received TC string. It speaks only of the device that sent it. */
export function tcfEntry(device: string, tcf: DecodedTcf, occurredAt: Date | null = null): EntryDraft {
  return {
    state: "signalled",
    purposeId: ALL_PURPOSES,
    method: "signal",
    occurredAt,
    signal: { kind: "tcf", device, tcf },
  };
}

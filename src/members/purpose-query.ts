import { Type } from "typebox";
import {
  CONTACT_CHANNELS,
  type Consent,
  type ContactChannel,
  type RegistrySnapshot,
} from "../../consent/index.ts";
import type { Principal } from "../kernel/route.ts";
import { type ReadAsk, requirePurpose } from "./purpose-bound.ts";

/** What every read of personal data is asked with. */
export const PurposeQuery = Type.Object({
  purpose: Type.Optional(Type.String({ maxLength: 64 })),
  channel: Type.Optional(
    Type.Enum(CONTACT_CHANNELS, {
      description:
        "The channel on which the person is to be reached, where the purpose is decided channel by channel.",
    }),
  ),
});

export interface PurposeAsked {
  readonly purpose?: string | undefined;
  readonly channel?: ContactChannel | undefined;
}

/** A read that may go on to its decision, with the registry it is decided by. */
export interface OpenAsk {
  readonly snapshot: RegistrySnapshot;
  readonly ask: ReadAsk;
}

/**
 * Checks what a read is asked with. The registry comes first: on the embedded engine it cannot be read while a
 * transaction is open. Throws as `requirePurpose` does.
 */
export async function askOf(
  deps: { readonly consent: Consent },
  principal: Principal,
  query: PurposeAsked,
): Promise<OpenAsk> {
  const snapshot = await deps.consent.snapshot();
  const purpose = requirePurpose(principal, query.purpose, snapshot.rules.purposes);
  return { snapshot, ask: { purpose, channel: query.channel ?? null } };
}

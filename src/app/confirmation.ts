import { confirmationMail, type PreferenceDeps } from "../../consent/index.ts";
import type { Mailer } from "../mail/index.ts";
import { findContact } from "../members/index.ts";
import type { Vault } from "../vault/index.ts";

/** E-mail alone is confirmed by a message of ours; without a public address there is no link to send. */
export function createRequestConfirmation(deps: {
  readonly vault: Vault;
  readonly mailer: Mailer;
}): NonNullable<PreferenceDeps["requestConfirmation"]> {
  const { vault, mailer } = deps;
  return async (tx, asked) => {
    const { record, confirmation, registry: registries, locale } = asked;
    if (record.channel !== "email" || registries.controller.publicUrl === null) return;
    const found = await findContact(tx, vault, record.subjectId, "email");
    if (found === null) return;
    const { subject, text } = confirmationMail(registries, record, confirmation.token, locale);
    await mailer.send(tx, {
      template: "consent-confirmation",
      key: found.key,
      subjectId: record.subjectId,
      mail: { to: found.address, subject, text },
    });
  };
}

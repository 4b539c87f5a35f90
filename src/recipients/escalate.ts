import { stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Mailer } from "../mail/index.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import { markEscalated, readLate } from "./feeds.store.ts";
import type { RecipientRow } from "./recipients.store.ts";
import type { RecipientRegistry } from "./registry.ts";

export interface EscalateDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly mailer: Mailer;
  readonly registry: RecipientRegistry;
}

/**
 * Writes to the contact of every recipient that let a deadline pass, once for each notice, and logs it. Message, mark
 * and audit entry commit together. Answers how many recipients were written to.
 */
export async function escalateLate(deps: EscalateDeps): Promise<number> {
  const { db, clock, registry, log } = deps;
  let written = 0;
  for (const late of await readLate(db, clock.now())) {
    if (late.unescalated === 0) continue;
    const recipient = await registry.get(late.recipientId);
    const { contact } = await registry.secrets(recipient);
    const key = (await deps.vault.loadKeys([recipient.keyId])).get(recipient.keyId) as DataKey;
    const marked = await db.tx(async (tx) => {
      const count = await markEscalated(tx, recipient.id, clock.now());
      if (count === 0) return 0;
      await deps.mailer.send(tx, {
        template: "recipient-late",
        key,
        mail: { to: contact, ...lateMessage(recipient, count, late.oldestDueAt) },
      });
      await stageAudit(tx, deps, {
        actor: { kind: "system", id: "recipients" },
        action: "recipient.escalated",
        targets: [{ kind: "recipient", id: recipient.id }],
        counts: { notices: count },
      });
      return count;
    });
    if (marked === 0) continue;
    log.warn("recipient_late", {
      recipient: recipient.id,
      notices: marked,
      oldestDueAt: late.oldestDueAt.toISOString(),
    });
    written++;
  }
  return written;
}

/** What a late recipient's contact reads. It names nobody: ids and numbers are in the API. */
export function lateMessage(
  recipient: Pick<RecipientRow, "id" | "name" | "locale">,
  count: number,
  oldestDueAt: Date,
): { readonly subject: string; readonly text: string } {
  const since = `${oldestDueAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const list = `GET /v1/changes\nPOST /v1/acknowledgements`;
  switch (recipient.locale) {
    case "en":
      return {
        subject: `Please confirm ${count} deletion notice(s): ${recipient.name}`,
        text: `Your system “${recipient.name}” (${recipient.id}) was told to drop the data of ${count} member(s) and has not confirmed it in time. The oldest deadline passed at ${since}.\n\nPlease drop the data and acknowledge the notices:\n\n${list}\n`,
      };
    case "zh-CN":
      return {
        subject: `请确认 ${count} 条删除通知：${recipient.name}`,
        text: `贵方系统“${recipient.name}”（${recipient.id}）已收到删除 ${count} 位会员数据的通知，但未在期限内确认。最早的期限为 ${since}。\n\n请删除相关数据并确认通知：\n\n${list}\n`,
      };
    case "zh-TW":
      return {
        subject: `請確認 ${count} 則刪除通知：${recipient.name}`,
        text: `貴方系統「${recipient.name}」（${recipient.id}）已收到刪除 ${count} 位會員資料的通知，但未於期限內確認。最早的期限為 ${since}。\n\n請刪除相關資料並確認通知：\n\n${list}\n`,
      };
  }
}

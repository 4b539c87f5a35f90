import type { CanonicalEvent } from "../../src/events/index.ts";
import type { EntryDraft } from "../entry.ts";
import { ALL_PURPOSES, type ContactChannel } from "../vocabulary.ts";

const SOCIAL_CHANNELS: Readonly<Record<string, ContactChannel>> = {
  wechat: "wechat",
  weibo: "weibo",
  line: "line",
  meta: "meta",
};

/** How each platform names a person to one account, whatever wider names come with it. */
const ACCOUNT_KINDS: readonly string[] = ["wechat_openid", "weibo_uid", "line_user_id", "meta_user_id"];

/**
 * What following or leaving an account says: only whether that channel reaches the person. To follow is no consent
 * to marketing, and to leave withdraws nothing anywhere else. Null for any other event. `opaque` makes of an account's
 * id a name that only this installation can make.
 */
export function readFollow(
  event: Pick<CanonicalEvent, "type" | "channel" | "occurredAt" | "identifiers">,
  opaque: (account: string) => string,
): EntryDraft | null {
  const channel = SOCIAL_CHANNELS[event.channel];
  if (channel === undefined) return null;
  if (event.type !== "social.followed" && event.type !== "social.unfollowed") return null;
  const named = event.identifiers.find((i) => ACCOUNT_KINDS.includes(i.kind));
  return {
    state: event.type === "social.followed" ? "channel-opened" : "channel-closed",
    purposeId: ALL_PURPOSES,
    channel,
    method: "social",
    occurredAt: event.occurredAt,
    clock: "sender",
    // A follow may name the person more widely than the leaving does: the account says that both mean the same.
    signal:
      named === undefined
        ? null
        : { kind: "account", account: opaque([named.kind, named.issuer ?? "", named.value].join(" ")) },
  };
}

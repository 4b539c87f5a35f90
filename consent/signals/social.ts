import type { CanonicalEvent } from "../../src/events/index.ts";
import type { EntryDraft } from "../entry.ts";
import { ALL_PURPOSES, type ContactChannel } from "../vocabulary.ts";

const SOCIAL_CHANNELS: Readonly<Record<string, ContactChannel>> = {
  wechat: "wechat",
  weibo: "weibo",
  line: "line",
  meta: "meta",
};

/**
 * What following or leaving an account says: only whether that channel reaches the person. To follow is no consent
 * to marketing, and to leave withdraws nothing anywhere else. Null for any other event.
 */
export function readFollow(
  event: Pick<CanonicalEvent, "type" | "channel" | "occurredAt">,
): EntryDraft | null {
  const channel = SOCIAL_CHANNELS[event.channel];
  if (channel === undefined) return null;
  if (event.type !== "social.followed" && event.type !== "social.unfollowed") return null;
  return {
    state: event.type === "social.followed" ? "channel-opened" : "channel-closed",
    purposeId: ALL_PURPOSES,
    channel,
    method: "social",
    occurredAt: event.occurredAt,
    clock: "sender",
  };
}

import type { Standing } from "../../consent/index.ts";
import {
  type Deferral,
  followChanges,
  groupMembers,
  readSubjectsOfMembers,
} from "../../src/members/index.ts";
import type { SendingDeps } from "./context.ts";
import { mayProfile } from "./facts.ts";
import { forgetLevels, haveLevels } from "./levels.store.ts";

const FOLLOWER = "survey-levels";

/**
 * Takes the loyalty level off the answers, invitations and themes of members who no longer agree to be profiled; the
 * answers themselves stay. Follows the members that changed; answers how many it looked at.
 */
export async function followLevels(deps: SendingDeps, defer?: Deferral): Promise<number> {
  let rules = await deps.consent.rules();
  return followChanges(
    deps.db,
    FOLLOWER,
    async (tx, { members }) => {
      const found = groupMembers(await readSubjectsOfMembers(tx, members));
      const levelled = new Set(
        await haveLevels(
          tx,
          found.flatMap((m) => m.subjects.map((s) => s.subjectId)),
        ),
      );
      const concerned = found.filter((m) => m.subjects.some((s) => levelled.has(s.subjectId)));
      if (concerned.length === 0) return;
      const standings: ReadonlyMap<string, Standing> = await deps.consent.standings(tx, concerned);
      const ended = concerned.filter((m) => !mayProfile(rules, standings.get(m.memberId)));
      await forgetLevels(
        tx,
        ended.flatMap((m) => m.subjects.map((s) => s.subjectId)),
      );
    },
    {
      ...(defer === undefined ? {} : { defer }),
      before: async () => {
        rules = await deps.consent.rules();
      },
    },
  );
}

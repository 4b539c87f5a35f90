import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";

const EVERY_MS = 15;

/** What our connections did when they were looked at: a wait, or work. */
export interface WaitCount {
  readonly state: string;
  readonly samples: number;
}

/** Looks at our connections many times a second from a connection of its own. */
export interface WaitSampler {
  /** Ends it; most frequent first. */
  end(): Promise<WaitCount[]>;
}

const LOOK = `
  select case when wait_event is null then 'working' else wait_event_type || ': ' || wait_event end || ' | ' ||
      left(btrim(regexp_replace(query, '\\s+', ' ', 'g')), 70) as state
  from pg_stat_activity
  where application_name = 'candor' and datname like current_database() || '%'
    and state in ('active', 'idle in transaction')`;

/** Samples what the connections of the server on this database wait for. */
export async function sampleWaits(databaseUrl: string): Promise<WaitSampler> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "candor bench" });
  await client.connect();
  const counts = new Map<string, number>();
  let ended = false;
  const work = async (): Promise<void> => {
    while (!ended) {
      const { rows } = await client.query<{ state: string }>(LOOK);
      for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
      await pause(EVERY_MS);
    }
  };
  const sampling = work();
  return {
    async end() {
      ended = true;
      await sampling.finally(() => client.end());
      return [...counts]
        .map(([state, samples]) => ({ state, samples }))
        .sort((a, b) => b.samples - a.samples);
    },
  };
}

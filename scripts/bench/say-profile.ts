import type { FunctionTime, Measured } from "./protocol.ts";
import { ms, percent, say, table, whole } from "./report.ts";
import type { WaitCount } from "./waits.ts";

const LISTED = 40;

/** A bar within a cell would end it. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function sayFunctions(title: string, functions: readonly FunctionTime[]): void {
  say(`\n${title}\n`);
  say(
    table(
      ["function", "ms", "share"],
      functions.map((f) => [cell(`${f.name} ${f.place}`), ms(f.ms), `${(f.share * 100).toFixed(1)} %`]),
    ),
  );
}

/** Where the time of one window went: functions of its profile, statements, and what PostgreSQL waited for. */
export function sayProfile({ server, waits }: { server: Measured; waits: readonly WaitCount[] }): void {
  if (server.profile !== null) {
    say(`\nThe whole profile: ${server.profile.file}`);
    sayFunctions("Main thread by own time (idle time left out):", server.profile.functions);
    sayFunctions("Candor's functions with all they call:", server.profile.inclusive);
  }
  if (server.statements.length > 0) {
    say(`\nStatements, as the main thread waits for them (window of ${server.seconds.toFixed(1)} s):\n`);
    say(
      table(
        ["statement", "sum", "count", "mean"],
        server.statements
          .slice(0, LISTED)
          .map((s) => [cell(s.label), ms(s.totalMs), whole(s.count), ms(s.totalMs / s.count)]),
      ),
    );
  }
  if (waits.length > 0) {
    const total = waits.reduce((sum, w) => sum + w.samples, 0);
    say("\nWhat our connections did inside statements and transactions, by samples:\n");
    say(
      table(
        ["doing", "samples", "share"],
        waits.slice(0, LISTED).map((w) => [cell(w.state), whole(w.samples), percent(w.samples / total)]),
      ),
    );
  }
}
